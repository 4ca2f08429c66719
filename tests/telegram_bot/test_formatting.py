"""Formatting stays on its words, whatever is tidied of the text around them."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from telegram_bot.handlers.formatting import tidy_formatted
from tests.support.inbox import Inbox
from tickets.models import Message

WORDS = st.text(alphabet=st.sampled_from("abйё🙂 \n"), max_size=12)
NOISE = st.sampled_from(["", "\u200e", "\u2066", "\x00", "\r\n", "\x07"])


def told_of(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    begin = 2 * entity["offset"]
    return units[begin : begin + 2 * entity["length"]].decode("utf-16-le")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_of_two_signs_keep_what_is_said_of_them(form: str) -> None:
    raw = unicodedata.normalize(form, "Мой заказ\u200e не пришёл: вот он ")
    link = unicodedata.normalize(form, "пришёл")
    entity = {"type": "text_link", "offset": units(raw[: raw.index(link)]), "length": units(link), "url": "https://a.b"}
    text, [kept] = tidy_formatted(raw, [entity])
    assert text == "Мой заказ не пришёл: вот он"
    assert told_of(text, kept) == "пришёл"
    assert kept["url"] == "https://a.b"


@given(before=WORDS, inside=WORDS, after=WORDS, noise=NOISE, form=st.sampled_from(["NFC", "NFD"]))
def test_an_entity_holds_the_same_words_or_is_gone(before: str, inside: str, after: str, noise: str, form: str) -> None:
    parts = [unicodedata.normalize(form, part) for part in (before + noise, noise + inside, after)]
    raw = "".join(parts)
    entity = {"type": "bold", "offset": units(parts[0]), "length": units(parts[1])}
    text, kept = tidy_formatted(raw, [entity])
    assert text == text.strip()
    assert ("".join(told_of(text, one) for one in kept)).strip() == tidy_formatted(parts[1], [])[0]


@pytest.mark.django_db
def test_a_customers_link_below_letters_of_two_signs_reaches_the_desk(inbox: Inbox, vera: User) -> None:
    raw = unicodedata.normalize("NFD", "Ещё одна ссылка")
    begin = units(unicodedata.normalize("NFD", "Ещё одна "))
    entities = [{"type": "text_link", "offset": begin, "length": 6, "url": "https://example.com/"}]
    inbox.says(vera, raw, entities=entities)
    message = Message.objects.get()
    assert told_of(message.text, message.entities[0]) == "ссылка"
