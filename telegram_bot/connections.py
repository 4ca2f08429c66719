"""Whose Telegram accounts speak for the desk. Anybody may connect theirs to the bot (Telegram Business, by the bot's
public name), and few of them are the company's.

So an account counts once it is approved: by itself where it is an administrator's own, else by an administrator. What
an administrator decides is about the account, whatever connections it gets later, and holds until one decides anew.
Until then what is written there waits in the inbox, for a day at most: it is nobody's business here if the account is a
stranger's, and after a day nothing of it could be answered (telegram_bot.business.REPLY_WINDOW).
"""

import telegram
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from accounts import clock
from accounts.actors import Actor, Source
from accounts.errors import Unavailable
from accounts.models import Role
from accounts.permissions import Capability, can, require
from accounts.selectors.people import find_by_telegram_id, list_people
from accounts.text_cleaning import repair_text
from telegram_bot.business import REPLY_WINDOW, business_key, tickets_of
from telegram_bot.incoming import Outcome, read_body
from telegram_bot.models import Approval, BusinessConnection, Chat, Unreachable, Update, UpdateState
from telegram_bot.notices import send_notice
from telegram_bot.nudges import INBOX, nudge
from telegram_bot.reconnecting import lock_account, take_over_chats
from tickets.services.delivery import record_reachability_of

_AT_ONCE = 500
_TOLD_OF = 3  # accounts that wait; of more, administrators read in the admin alone


def find_told(update: telegram.Update) -> telegram.Message | telegram.BusinessMessagesDeleted | None:
    """What happened in a chat of an account: a message, its change, or that messages were deleted."""
    return update.business_message or update.edited_business_message or update.deleted_business_messages


def ask_approval(row: Update, connection_id: str, chat_id: int) -> Approval:
    """Of the account that is connected so, which is held (telegram_bot.reconnecting): who decides sees what is kept.

    A connection that Telegram has not told of yet waits like any other, unless this chat of it is known. Raises
    Unavailable where the account was approved since the turn of this update came: what waited goes first.
    """
    bot_id = row.bot_id
    connection = BusinessConnection.objects.filter(bot_id=bot_id, connection_id=connection_id).first()
    if connection is None:
        is_known = Chat.objects.filter(bot_id=bot_id, telegram_id=business_key(connection_id, chat_id)).exists()
        connection, _created = BusinessConnection.objects.get_or_create(
            bot_id=bot_id,
            connection_id=connection_id,
            defaults={
                "owner_id": 0,
                "can_reply": True,
                "changed_at": clock.now(),
                "approval": Approval.APPROVED if is_known else Approval.WAITING,
            },
        )
    if connection.approval == Approval.WAITING and not connection.is_enabled:
        return Approval.REFUSED
    if connection.approval == Approval.APPROVED and _is_overtaking(row):
        raise Unavailable
    return Approval(connection.approval)


def turn_away(row: Update, approval: Approval) -> Outcome:
    """What is written where the account is not approved: kept while it waits, else its words are forgotten at once."""
    if approval == Approval.WAITING:
        return Outcome.UNAPPROVED
    row.raw = b""
    row.save(update_fields=["raw"])
    return Outcome.STRANGER


def record_connection(bot_id: int, told: telegram.BusinessConnection) -> None:
    """Connected, changed or disconnected: the tickets of all its chats say whether they can be answered."""
    lock_account(0, told.id)  # so it is held by whoever takes in what came before Telegram told whose it is
    lock_account(told.user.id, told.id)
    is_first = not BusinessConnection.objects.filter(owner_id=told.user.id).exists()
    connection, _created = BusinessConnection.objects.update_or_create(
        bot_id=bot_id,
        connection_id=told.id,
        defaults={
            "owner_id": told.user.id,
            "owner_name": repair_text(told.user.full_name)[:128],
            "is_enabled": told.is_enabled,
            "can_reply": bool(told.rights and told.rights.can_reply),
            "changed_at": clock.now(),
        },
    )
    if connection.approval == Approval.WAITING:
        _decide_by_itself(connection)
    if connection.approval == Approval.WAITING and connection.is_enabled and is_first:
        _tell(connection, told.user_chat_id)
    _settle(connection)


def decide_account(*, actor: Actor, connection: int, approval: Approval) -> bool:
    """Approve the account that is connected so, or refuse it, for all of its connections; False where it was decided
    so before. connection: the row's key. Raises PermissionDenied; Unavailable where it became known at that moment
    whose account it is."""
    require(actor, Capability.RUN_THE_DESK)
    with transaction.atomic():
        account = _lock_account(connection)
        changed = [one for one in account if one.approval != approval]
        for one in changed:
            one.approval, one.decided_by_id, one.decided_at = approval, actor.user_id, clock.now()
            one.save(update_fields=["approval", "decided_by", "decided_at"])
            _settle(one)
        return bool(changed)


def _lock_account(connection: int) -> list[BusinessConnection]:
    """All connections of the account that is connected so, locked as it is; the one that is meant comes last. Raises
    Unavailable."""
    meant = BusinessConnection.objects.values_list("owner_id", "connection_id")
    owner_id, connection_id = meant.get(pk=connection)
    lock_account(owner_id, connection_id)
    of_account = Q(owner_id=owner_id) if owner_id else Q(pk=connection)
    locked = list(BusinessConnection.objects.filter(of_account).select_for_update(no_key=True).order_by("id"))
    if {one.owner_id for one in locked} != {owner_id}:
        raise Unavailable
    return sorted(locked, key=lambda one: one.pk == connection)


def forget_unapproved() -> int:
    """The words that nobody approved within a day; returns of how many updates."""
    late = Update.objects.filter(outcome=Outcome.UNAPPROVED, handled_at__lt=clock.now() - REPLY_WINDOW)
    return _forget(list(late.order_by().values_list("pk", flat=True)[:_AT_ONCE]))


def count_waiting_accounts() -> int:
    return BusinessConnection.objects.filter(approval=Approval.WAITING, is_enabled=True).count()


def _decide_by_itself(connection: BusinessConnection) -> None:
    """As it was decided for an earlier connection of the account; else an administrator's own is approved by them."""
    decided = BusinessConnection.objects.filter(owner_id=connection.owner_id).exclude(approval=Approval.WAITING)
    former = decided.exclude(pk=connection.pk).order_by("-id").first()
    owner = find_by_telegram_id(connection.owner_id)
    if former is not None:
        connection.approval = former.approval
        connection.decided_by_id, connection.decided_at = former.decided_by_id, former.decided_at
    elif owner and owner.is_active and can(Actor.of(owner, Source.BUSINESS), Capability.RUN_THE_DESK):
        connection.approval = Approval.APPROVED
        connection.decided_by_id, connection.decided_at = owner.pk, clock.now()
    connection.save(update_fields=["approval", "decided_by", "decided_at"])


def _settle(connection: BusinessConnection) -> None:
    """What the decision and the state of the connection mean for its chats, and for what waits."""
    is_approved = connection.approval == Approval.APPROVED
    if is_approved and connection.is_enabled:
        take_over_chats(connection)
    if is_approved:
        _release(connection)
    elif connection.approval == Approval.REFUSED or not connection.is_enabled:
        _forget(_list_kept(connection))
    chats = Chat.objects.filter(bot_id=connection.bot_id, business_connection=connection.connection_id)
    reason = "" if is_approved and connection.is_enabled else Unreachable.DISCONNECTED.value
    touched = list(chats)
    chats.update(unreachable=reason)
    record_reachability_of(tickets=tickets_of(touched), reason=reason)


def _release(connection: BusinessConnection) -> None:
    """What waited is handled now, in its old order: before what has come since."""
    if kept := _list_kept(connection):
        _still_kept(kept).update(state=UpdateState.RECEIVED, outcome="", handled_at=None)
        transaction.on_commit(lambda: nudge(INBOX), robust=True)


def _is_overtaking(row: Update) -> bool:
    """It was the oldest of its chat when its turn came; by now an approval has put back older ones."""
    waiting = Update.objects.filter(bot_id=row.bot_id, queue=row.queue, state=UpdateState.RECEIVED)
    return waiting.filter(pk__lt=row.pk).exists()


def _list_kept(connection: BusinessConnection) -> list[int]:
    """The updates that wait for a decision about this connection. Strangers may have brought many others: of each only
    its JSON is read."""
    waiting = Update.objects.filter(bot_id=connection.bot_id, outcome=Outcome.UNAPPROVED).only("kind", "raw")
    bodies = ((row.pk, read_body(row)[row.kind]) for row in waiting.order_by("id").iterator(_AT_ONCE))
    return [pk for pk, told in bodies if told["business_connection_id"] == connection.connection_id]


def _forget(ids: list[int]) -> int:
    """The rows stay: their hashes refuse what Telegram repeats."""
    return _still_kept(ids).update(raw=b"", outcome=Outcome.STRANGER.value) if ids else 0


def _still_kept(ids: list[int]) -> QuerySet[Update]:
    """Those of which nobody has decided since they were listed: what is approved keeps its words, what is forgotten is
    not handled."""
    return Update.objects.filter(pk__in=ids, outcome=Outcome.UNAPPROVED)


def _tell(connection: BusinessConnection, owners_chat: int) -> None:
    """Once for an account: its owner and the administrators, each where the bot may write to them."""
    _say(connection.bot_id, owners_chat, "account_waits", connection)
    if count_waiting_accounts() > _TOLD_OF:
        return
    for person in list_people(lowest_role=Role.ADMIN).filter(is_active=True, telegram_id__isnull=False):
        _say(connection.bot_id, person.telegram_id or 0, "account_asks", connection)


def _say(bot_id: int, chat_id: int, name: str, connection: BusinessConnection) -> None:
    chats = Chat.objects.select_related("person").filter(bot_id=bot_id, telegram_id=chat_id, unreachable="")
    chat = chats.first()
    if chat is not None and chat.person is not None and chat.person.is_active:
        with translation.override(chat.person.language):
            send_notice(chat_id, name, account=str(connection), number=connection.owner_id)
