"""Formatted text on its way in: what cannot be kept of the words moves what is said of them."""

from typing import Any

from accounts.text_cleaning import repair_text, tidy_text, utf16_length


def tidy_formatted(raw: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """The text as it is kept, and the entities that still hold something, in its own UTF-16 code units.

    Letters that were put together of two, marks of direction and blanks around the text make it shorter. An end of an
    entity is where that which stood before it ends now.
    """
    whole = _tidy(raw)
    text = whole.strip()
    units = raw.encode("utf-16-le", "surrogatepass")
    leading, length = utf16_length(whole) - utf16_length(whole.lstrip()), utf16_length(text)

    def moved(offset: int) -> int:
        before = units[: 2 * offset].decode("utf-16-le", "surrogatepass")
        return min(max(utf16_length(_tidy(before)) - leading, 0), length)

    kept = []
    for entity in entities:
        begin, end = moved(entity["offset"]), moved(entity["offset"] + entity["length"])
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return text, kept


def _tidy(text: str) -> str:
    return tidy_text(repair_text(text))
