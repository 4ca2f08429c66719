"""What a refusal says of the bot's rights in the group (TDLib, can_send_message_content; codes in capitals are those of
Telegram's servers). The rights of members change while a desk works; nothing may be lost by that."""

_NOTHING = ("not enough rights to send text messages", "have no rights to send a message", "chat_write_forbidden")
_THIS_KIND = "not enough rights to send"
# also of what is too old for a bot to delete: the words are the same
_REMOVAL = ("can't be deleted", "delete_forbidden", "rights to delete", "chat_admin_required")


def forbids_writing(text: str) -> bool:
    """text: Telegram's own words. Whether the bot may write nothing there now."""
    words = text.lower()
    return any(phrase in words for phrase in _NOTHING)


def forbids_this_kind(text: str) -> bool:
    """Whether it may send no such files; words perhaps."""
    return _THIS_KIND in text.lower() and not forbids_writing(text)


def forbids_removal(text: str) -> bool:
    """Whether it may not delete that, for lack of the right or because it is too old."""
    words = text.lower()
    return any(phrase in words for phrase in _REMOVAL)
