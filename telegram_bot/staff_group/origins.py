"""Where in Telegram a message was written, which decides how the group shows it: copied, or sent by the bot itself."""

from telegram_bot.identity import current_bot_id
from telegram_bot.models import Chat, Direction, MessageLink
from tickets.models import Message


def find_origin(message: Message) -> MessageLink | None:
    """None: it was written in the app."""
    return MessageLink.objects.filter(message=message.pk, direction=Direction.INCOMING).order_by("id").first()


def find_copied(message: Message) -> MessageLink | None:
    """What Telegram copies of it; None: it came out of the app, of a company's own account, where no bot copies, or was
    written to a bot that the desk has no more: in the present one's chat its number is another message's."""
    origin = find_origin(message)
    if origin is None or origin.bot_id != current_bot_id():
        return None
    chat = Chat.objects.filter(bot_id=origin.bot_id, telegram_id=origin.chat_id).first()
    return None if chat is not None and chat.is_business else origin


def number_of_item(message: Message, place: int) -> int:
    """As the how manyth of the items of an album this one joined it: its part in the group. A further one changes none.

    place: Telegram's number of the item in the chat where it was written.
    """
    joined = MessageLink.objects.filter(message=message.pk, direction=Direction.INCOMING).order_by("id")
    places = list(joined.values_list("telegram_message_id", flat=True))
    return places.index(place) if place in places else 0
