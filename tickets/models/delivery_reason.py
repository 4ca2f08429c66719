from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryReason(models.TextChoices):
    """Why a message did not reach its customer, each with the sentence that staff read."""

    BLOCKED = "blocked", _("The customer has blocked the bot. They can unblock it and write again.")
    DEACTIVATED = "deactivated", _("The customer's Telegram account no longer exists.")
    NOT_STARTED = "not_started", _("The customer has never started the bot, so it may not write first.")
    REMOVED = "removed", _("The bot may not write in this chat any more.")
    DISCONNECTED = "disconnected", _("The company's account is no longer connected to the bot.")
    REPLY_NOT_ALLOWED = "reply_not_allowed", _("The company's account does not allow the bot to answer.")
    REPLY_WINDOW_OVER = (
        "reply_window_over",
        _("Telegram lets the bot answer for 24 hours after the customer's last message, and these are over."),
    )
    GAVE_UP = "gave_up", _("Telegram did not take it, although it was tried several times.")
    FORMER_BOT = (
        "former_bot",
        _("It was to go out through a bot that the desk no longer has. Send it again, through the one it has now."),
    )
    EXPIRED = "expired", _("It waited too long and was of no use any more.")
    FILE_MISSING = "file_missing", _("The file is no longer there. Send it anew.")
    FILE_TOO_BIG = "file_too_big", _("The file is too large for Telegram.")
    FILE_UNKNOWN = "file_unknown", _("Telegram no longer knows the file. Send it anew.")
    PHOTO_REFUSED = "photo_refused", _("Telegram does not accept the picture.")
    VOICE_FORBIDDEN = "voice_forbidden", _("The customer does not accept voice messages.")
    TOO_LONG = "too_long", _("The text is too long for Telegram.")
    BAD_ENTITIES = "bad_entities", _("Telegram does not understand the formatting.")
    MESSAGE_GONE = "message_gone", _("The message is no longer there in Telegram.")
    MESSAGE_FIXED = "message_fixed", _("Telegram no longer lets the message be changed.")
    NOTHING_TO_SEND = "nothing_to_send", _("It holds nothing that a bot can send. Write it in words.")
    REFUSED = "refused", _("Telegram refused it.")


def explain_delivery(code: str) -> str:
    """The sentence for a code, in the reader's language; a code of a later version stands for itself."""
    return str(DeliveryReason(code).label) if code in DeliveryReason.values else code
