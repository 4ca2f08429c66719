"""Whose chat it is when a Telegram account is joined to another person, or parted from one."""

from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.models import User
from accounts.services.telegram_links import create_telegram_link, join_telegram, part_telegram
from telegram_bot.context_processors import read_bot_username
from telegram_bot.customer_chat.menus import keep_commands_current_of
from telegram_bot.models import Chat

_OUTDATED = "parted"  # stands for the menu of a person whom the chat is no longer of


def make_chat_link(*, actor: Actor, user_id: UUID) -> str:
    """The address that opens the bot with the code; what to send it instead where its name is not known yet."""
    payload = f"link_{create_telegram_link(actor=actor, user_id=user_id)}"
    username = read_bot_username()
    return f"https://t.me/{username}?start={payload}" if username else f"/start {payload}"


@transaction.atomic
def join_account(*, actor: Actor, chat: Chat, link_id: UUID) -> User:
    """Join the account; its chat begins anew as the person's own, who is told there."""
    key = {"bot_id": chat.bot_id, "telegram_id": chat.telegram_id}
    person = join_telegram(actor=actor, link_id=link_id)
    Chat.objects.filter(**key).delete()
    Chat.objects.create(**key, person=person)
    keep_commands_current_of(person, notice="telegram_linked")
    return person


@transaction.atomic
def part_account(*, actor: Actor, user_id: UUID) -> User:
    """Part the account; its chats wait for whoever writes there."""
    person = part_telegram(actor=actor, user_id=user_id)
    chats = Chat.objects.filter(person=person, business_connection="")
    chats.update(person=None, chosen_ticket=None, chosen_at=None, new_wanted_at=None, commands_for=_OUTDATED)
    return person
