"""The Telegram account becomes a person of the desk, and their private chat a chat of the bot."""

import telegram
from telegram.constants import ChatType

from accounts.actors import Actor, Source
from accounts.compiled_queries import CompiledQuery, Given
from accounts.models import User
from accounts.services.people import remember_telegram_person
from accounts.telegram_profile import TelegramProfile
from telegram_bot.erased_chats import refuse_erased
from telegram_bot.forgetting import forget_person
from telegram_bot.incoming import Incoming
from telegram_bot.models import Chat, Update

_CHAT = CompiledQuery(lambda: Chat.objects.filter(bot_id=Given("bot_id"), telegram_id=Given("telegram_id")))


def remember_account(account: telegram.User) -> User:
    return remember_telegram_person(
        TelegramProfile(
            telegram_id=account.id,
            first_name=account.first_name or "",
            last_name=account.last_name or "",
            username=account.username or "",
            language_code=account.language_code or "",
        )
    )


def authenticate(row: Update, update: telegram.Update) -> Incoming | None:
    """None: nobody whom the desk talks to (a bot, a channel, a group). Raises ErasedSince."""
    account, place = update.effective_user, update.effective_chat
    if account is None or account.is_bot or (place is not None and place.type != ChatType.PRIVATE):
        return None
    # a private chat's id is its person's
    key = {"bot_id": row.bot_id, "telegram_id": account.id}
    chat = _CHAT.first(**key)
    refuse_erased(row, update, chat)
    person = remember_account(account)
    if chat is None:
        chat, _created = Chat.objects.get_or_create(**key, defaults={"person": person})
    if chat.person_id not in (None, person.pk):  # who it was has been erased, and nobody has looked after it yet
        forget_person(chat.person_id)
        chat = Chat.objects.create(**key, person=person)
    if chat.person_id is None:  # its account was parted from whom it stood for
        chat.person = person
        chat.save(update_fields=["person"])
    actor = Actor.of(person, Source.TELEGRAM)
    return Incoming(row=row, update=update, person=person, chat=chat, actor=actor)
