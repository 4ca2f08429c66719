"""Who may connect an account to the bot: what is written in a stranger's chats is nobody's business here."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import telegram
import time_machine
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accounts import clock
from accounts.errors import PermissionDenied, Unavailable
from accounts.models import Role, User
from telegram_bot import connections, reconnecting
from telegram_bot.channel_check.checks import check_accounts_waiting
from telegram_bot.channel_check.facts import Facts
from telegram_bot.channel_check.findings import Level
from telegram_bot.channel_check.tables import read_desk, read_setup
from telegram_bot.connections import decide_account, forget_unapproved
from telegram_bot.dispatcher import handle_next
from telegram_bot.handlers import business, own_words
from telegram_bot.housekeeping import keep_house
from telegram_bot.models import Approval, BusinessConnection, Chat, OutgoingCall, Update
from telegram_bot.reconnecting import lock_account
from telegram_bot.verdicts import Failed
from tests.support.desk import a_reply_by, acting
from tests.support.inbox import Inbox
from tests.support.shop import OWNER, Shop, rendered
from tests.support.simulator import wait_until
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(inbox: Inbox) -> Shop:
    """An account of which the desk knows nothing, just connected."""
    shop = Shop(inbox)
    shop.connect()
    return shop


def decide(person: User, approval: Approval) -> bool:
    newest = BusinessConnection.objects.latest("id")
    return decide_account(actor=acting(person), connection=newest.pk, approval=approval)


def said() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("ticket__number", "sequence").values_list("author_role", "text"))


def words_kept() -> bool:
    return any(b"PIN" in bytes(raw) for raw in Update.objects.values_list("raw", flat=True))


def test_a_strangers_chats_become_no_tickets_and_nothing_leaves(inbox: Inbox, stranger: Shop, vera: User) -> None:
    told = stranger.hears(vera, "My PIN is 1234")
    stranger.says(vera, "We pay you 1000 euros")
    stranger.put(edited_business_message={**told, "text": "My PIN is 1235", "edit_date": 1_795_000_100})
    stranger.loses(vera, told["message_id"])
    assert not Ticket.objects.exists()
    assert not Chat.objects.filter(type="business").exists()
    assert not inbox.owed()
    assert set(Update.objects.exclude(kind="business_connection").values_list("outcome", flat=True)) == {"unapproved"}


def test_what_came_meanwhile_becomes_a_ticket_in_its_order_once_the_account_is_approved(
    inbox: Inbox, stranger: Shop, vera: User, gleb: User, adam: User
) -> None:
    told = stranger.hears(vera, "Do you delivr?")
    stranger.says(vera, "Tomorrow")
    stranger.put(edited_business_message={**told, "text": "Do you deliver?", "edit_date": 1_795_000_100})
    stranger.hears(gleb, "Are you open?")
    assert decide(adam, Approval.APPROVED)
    stranger.hears(vera, "Good")
    assert [words for _side, words in said()] == ["Do you deliver?", "Tomorrow", "Good", "Are you open?"]
    assert not Update.objects.filter(outcome="unapproved").exists()
    row = BusinessConnection.objects.get()
    assert (row.approval, row.decided_by, row.decided_at is not None) == ("approved", adam, True)
    assert not decide(adam, Approval.APPROVED), "it is already"


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it shows one moment
        cursor.execute(query)
        return bool(cursor.fetchone()[0])


def meanwhile(patch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], Any]) -> Thread:
    """Somebody else does that when this function is called, as far as they come without the end of the transaction that
    it is called in."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    def after_them(*arguments: Any, **options: Any) -> Any:
        patch.setattr(module, name, real)
        thread.start()
        wait_until(lambda: somebody_waits_for_a_lock() or not thread.is_alive(), what=f"who comes before {name}")
        return real(*arguments, **options)

    real, thread = getattr(module, name), Thread(target=run)
    patch.setattr(module, name, after_them)
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "name"), [(business, "hold_account"), (reconnecting, "_lock")])
def test_what_comes_while_the_account_is_approved_does_not_overtake_what_waited(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    """An edit that went first found no message, and the old words stood in the ticket."""
    told = stranger.hears(vera, "My order is 1O")
    edited = {**told, "text": "My order is 10", "edit_date": 1_795_000_100}
    inbox.put(inbox.update(edited_business_message=edited))
    deciding = meanwhile(monkeypatch, module, name, lambda: decide(adam, Approval.APPROVED))
    with pytest.raises(Unavailable):
        inbox.handle_all()
    deciding.join()
    assert not Ticket.objects.exists()
    assert Update.objects.latest("id").attempts == 0
    inbox.work()
    assert said() == [("customer", "My order is 10")]


@pytest.mark.django_db(transaction=True)
def test_what_is_being_kept_while_the_account_is_approved_is_let_in(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    deciding = meanwhile(monkeypatch, business, "turn_away", lambda: decide(adam, Approval.APPROVED))
    stranger.hears(vera, "My order is late")
    deciding.join()
    inbox.work()
    assert said() == [("customer", "My order is late")]


@pytest.mark.django_db(transaction=True)
def test_what_is_being_kept_while_telegram_tells_whose_the_account_is_is_let_in(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is held by its connection then, and by its owner afterwards."""
    decide(adam, Approval.APPROVED)
    anew = Shop(inbox, "conn-2")
    anew.hears(vera, "Hello")
    taken_in_while_connected_anew(
        inbox, stranger, monkeypatch, (business, "turn_away"), lambda: anew.hears(vera, "Are you open?")
    )
    inbox.work()
    assert said() == [("customer", "Hello"), ("customer", "Are you open?")]


def taken_in_while_connected_anew(
    inbox: Inbox, shop: Shop, monkeypatch: pytest.MonkeyPatch, within: tuple[Any, str], happens: Callable[[], Any]
) -> Any:
    """What happens in a chat of the account is being handled, as far as this function of a module, when the account
    gets the connection "conn-2"; returns what `happens` does."""
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "work", lambda: None)  # all of it arrives, and waits
        shop.connect(is_enabled=False)
        Shop(inbox, "conn-2").connect()
        connected = list(Update.objects.order_by("-id")[:2][::-1])
        told = happens()

        def connect_anew() -> None:
            for row in connected:
                assert handle_next(inbox.bot_id, row.queue)

        connecting = meanwhile(patch, *within, connect_anew)
        assert handle_next(inbox.bot_id, Update.objects.latest("id").queue)
        connecting.join()
    return told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_first", [True, False])
def test_words_being_taken_in_while_the_account_is_connected_anew_are_found_there(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch, is_first: bool
) -> None:
    """A chat that stayed behind could be answered no more; what stayed, neither changed nor deleted."""
    decide(adam, Approval.APPROVED)
    if not is_first:
        stranger.hears(vera, "Do you deliver?")
    told = taken_in_while_connected_anew(
        inbox, stranger, monkeypatch, (business, "_receive_message"), lambda: stranger.hears(vera, "Forget it")
    )
    anew = Shop(inbox, "conn-2")
    anew.hears(vera, "Hello?")
    assert list(Chat.objects.filter(type="business")) == [anew.chat(vera)]
    assert Ticket.objects.count() == 1
    stranger.loses(vera, told["message_id"])
    assert Update.objects.latest("id").outcome == "messages_deleted"
    assert Message.objects.get(text="Forget it").deleted_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_deletion_being_taken_in_while_the_account_is_connected_anew_finds_what_it_deletes(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(adam, Approval.APPROVED)
    told = stranger.hears(vera, "My PIN is 1234")
    taken_in_while_connected_anew(
        inbox, stranger, monkeypatch, (business, "forget_kept"), lambda: stranger.loses(vera, told["message_id"])
    )
    assert Message.objects.get().deleted_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_owners_words_being_taken_in_while_the_account_is_connected_anew_may_be_changed_there(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(adam, Approval.APPROVED)
    stranger.hears(vera, "Do you deliver?")
    told = taken_in_while_connected_anew(
        inbox, stranger, monkeypatch, (own_words, "_take"), lambda: stranger.says(vera, "On Mondey")
    )
    changed = {**told, "business_connection_id": "conn-2", "text": "On Monday", "edit_date": 1_795_000_100}
    stranger.put(edited_business_message=changed)
    assert [text for _role, text in said()] == ["Do you deliver?", "On Monday"]


def test_two_accounts_that_nobody_told_of_keep_their_own_conversations(
    inbox: Inbox, vera: User, gleb: User, adam: User
) -> None:
    for name, person in (("conn-1", vera), ("conn-2", gleb)):
        Shop(inbox, name).hears(person, "Hello")
        assert decide(adam, Approval.APPROVED)
        inbox.work()
    chats = Chat.objects.filter(business_connection__startswith="conn").order_by("business_connection")
    assert list(chats.values_list("business_connection", "person")) == [("conn-1", vera.pk), ("conn-2", gleb.pk)]


def test_an_administrators_own_account_is_approved_by_itself_and_no_other(
    inbox: Inbox, vera: User, adam: User, mila: User
) -> None:
    for person, active, expected in ((mila, True, 0), (adam, False, 0), (adam, True, 1)):
        User.objects.filter(telegram_id=OWNER["id"]).update(telegram_id=None)
        User.objects.filter(pk=person.pk).update(telegram_id=OWNER["id"], is_active=active)
        BusinessConnection.objects.all().delete()
        shop = Shop(inbox, f"conn-{person.pk}-{active}")
        shop.connect()
        shop.hears(vera, "Hello")
        assert Ticket.objects.count() == expected, (person.role, active)
    assert BusinessConnection.objects.get().decided_by == adam
    User.objects.filter(pk=adam.pk).update(role=Role.AGENT)
    shop.hears(vera, "Still there?")
    assert Message.objects.count() == 2, "what was approved holds until an administrator refuses it"


def test_a_decision_holds_for_later_connections_of_the_account(
    inbox: Inbox, stranger: Shop, vera: User, adam: User
) -> None:
    decide(adam, Approval.APPROVED)
    stranger.connect(is_enabled=False)
    again = Shop(inbox, "conn-2")
    again.hears(vera, "Before Telegram tells of it")
    assert not Ticket.objects.exists()
    again.connect()
    inbox.work()
    assert said() == [("customer", "Before Telegram tells of it")]
    assert BusinessConnection.objects.latest("id").decided_by == adam
    decide(adam, Approval.REFUSED)
    again.connect(is_enabled=False)
    third = Shop(inbox, "conn-3")
    third.connect()
    third.hears(vera, "My PIN is 1234")
    assert Message.objects.count() == 1
    assert not words_kept()


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_about_two_connections_of_one_account_at_once_wait_for_each_other(
    inbox: Inbox, stranger: Shop, adam: User
) -> None:
    Shop(inbox, "conn-2").connect()
    first, second = BusinessConnection.objects.order_by("id").values_list("pk", flat=True)
    done: list[bool] = []

    def refuse() -> None:
        try:
            done.append(decide_account(actor=acting(adam), connection=second, approval=Approval.REFUSED))
        finally:
            connection.close()

    refusing = Thread(target=refuse)
    with transaction.atomic():  # as far as somebody has come who approves at the other connection
        lock_account(OWNER["id"], "conn-1")
        refusing.start()
        wait_until(somebody_waits_for_a_lock, what="the other decision")
        assert decide_account(actor=acting(adam), connection=first, approval=Approval.APPROVED)
    refusing.join()
    assert done == [True]
    assert set(BusinessConnection.objects.values_list("approval", flat=True)) == {"refused"}


@pytest.mark.django_db(transaction=True)
def test_whose_account_it_is_may_become_known_while_somebody_decides(
    inbox: Inbox, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other connections would keep another decision."""

    def tell_first(rows: QuerySet[BusinessConnection], *arguments: Any, **options: Any) -> Any:
        monkeypatch.undo()
        BusinessConnection.objects.update(owner_id=OWNER["id"])
        return real(rows, *arguments, **options)

    Shop(inbox).hears(vera, "Before Telegram tells of it")
    real = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", tell_first)
    with pytest.raises(Unavailable):
        decide(adam, Approval.REFUSED)
    assert BusinessConnection.objects.get().approval == Approval.WAITING
    assert decide(adam, Approval.REFUSED)


def test_what_is_refused_is_forgotten_and_what_was_approved_before_goes_out_no_more(
    inbox: Inbox, stranger: Shop, vera: User, anna: User, adam: User
) -> None:
    stranger.hears(vera, "My PIN is 1234")
    decide(adam, Approval.REFUSED)
    assert not words_kept()
    assert Update.objects.filter(outcome="stranger").count() == 1
    stranger.hears(vera, "My PIN is 1235")
    assert not words_kept()
    decide(adam, Approval.APPROVED)
    stranger.hears(vera, "Hello")
    ticket = Ticket.objects.get()
    message = a_reply_by(anna, ticket)
    inbox.work()
    decide(adam, Approval.REFUSED)
    found = rendered(OutgoingCall.objects.get(message=message.pk))
    assert isinstance(found, Failed)
    ticket.refresh_from_db()
    assert ticket.unreachable == "disconnected"
    stranger.connect()
    ticket.refresh_from_db()
    assert ticket.unreachable == "disconnected", "a change of the connection decides nothing"
    decide(adam, Approval.APPROVED)
    ticket.refresh_from_db()
    assert ticket.unreachable == ""


def test_what_nobody_approves_within_a_day_is_forgotten(inbox: Inbox, stranger: Shop, vera: User) -> None:
    stranger.hears(vera, "My PIN is 1234")
    with time_machine.travel(clock.now() + timedelta(hours=23)):
        assert forget_unapproved() == 0
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        keep_house(inbox.bot_id)
    assert not words_kept()


def test_what_is_approved_while_it_is_about_to_be_forgotten_keeps_its_words(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def approve_first(ids: list[int]) -> int:
        decide(adam, Approval.APPROVED)
        return real(ids)

    stranger.hears(vera, "My order is late")
    real = connections._forget
    monkeypatch.setattr(connections, "_forget", approve_first)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert forget_unapproved() == 0
    inbox.work()
    assert said() == [("customer", "My order is late")]


def test_what_is_forgotten_while_it_is_approved_is_not_handled_without_its_words(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_after(connection: BusinessConnection) -> list[int]:
        kept = real(connection)
        with time_machine.travel(clock.now() + timedelta(hours=25)):
            assert forget_unapproved() == 1
        return kept

    stranger.hears(vera, "My PIN is 1234")
    real = connections._list_kept
    monkeypatch.setattr(connections, "_list_kept", forget_after)
    decide(adam, Approval.APPROVED)
    row = Update.objects.get(kind="business_message")
    assert (row.state, row.outcome, row.raw) == ("done", "stranger", b"")


def test_a_decision_reads_no_more_of_what_waits_than_whose_it_is(
    inbox: Inbox, stranger: Shop, vera: User, adam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may connect an account and be written to in it: a day's words of all of them are read for each."""
    told = stranger.hears(vera, "My PIN is 1234")
    stranger.put(edited_business_message={**told, "text": "My PIN is 1235", "edit_date": 1_795_000_100})
    stranger.loses(vera, told["message_id"])
    other = Shop(inbox, "conn-2")
    other.hears(vera, "Hello")
    monkeypatch.setattr(telegram.Update, "de_json", None)
    decide_account(
        actor=acting(adam),
        connection=BusinessConnection.objects.get(connection_id="conn-1").pk,
        approval=Approval.REFUSED,
    )
    assert not words_kept()
    outcomes = Update.objects.exclude(kind="business_connection").order_by("id").values_list("outcome", flat=True)
    assert [*outcomes] == ["stranger"] * 3 + ["unapproved"]


def test_who_takes_the_bot_out_again_takes_the_words_along(inbox: Inbox, stranger: Shop, vera: User) -> None:
    stranger.hears(vera, "My PIN is 1234")
    stranger.connect(is_enabled=False)
    stranger.hears(vera, "My PIN is 1235")
    assert not words_kept()


def test_owner_and_administrators_are_told_once_where_the_bot_may_write(
    inbox: Inbox, gleb: User, adam: User, mila: User
) -> None:
    for person in (gleb, adam, mila):
        inbox.says(person, "/help")
    before = {person: len(inbox.told(person)) for person in (gleb, adam, mila)}
    told = {"id": "conn-9", "user": inbox.account(gleb), "user_chat_id": gleb.telegram_id, "date": 1_795_000_000}
    for number in range(2):
        content = {**told, "id": f"conn-{number}", "is_enabled": True, "rights": {"can_reply": True}}
        inbox.put(inbox.update(business_connection=content))
        inbox.work()
    (for_owner,), (for_admin,) = inbox.told(gleb)[before[gleb] :], inbox.told(adam)[before[adam] :]
    assert "connected accounts" in for_admin or "подключённые аккаунты" in for_admin.lower()
    assert str(gleb.telegram_id) in for_admin
    assert for_owner != for_admin
    assert len(inbox.told(mila)) == before[mila], "no administrator"


def test_administrators_decide_in_the_admin_and_see_what_waits(
    client: Client, inbox: Inbox, stranger: Shop, vera: User, adam: User, mila: User
) -> None:
    stranger.hears(vera, "Hello")
    finding = check_accounts_waiting(Facts(now=clock.now(), setup=read_setup(), desk=read_desk()))
    assert finding is not None
    assert (finding.level, finding.values["count"]) == (Level.NOTE, 1)
    page = reverse("admin:telegram_bot_businessconnection_changelist")
    choice = {"action": "approve", "_selected_action": [BusinessConnection.objects.get().pk]}
    client.force_login(mila)
    client.post(page, choice)
    assert not Update.objects.filter(state="received").exists(), "no manager's decision"
    with pytest.raises(PermissionDenied):
        decide(mila, Approval.APPROVED)
    client.force_login(adam)
    light = f"{page}?approval__exact=waiting&amp;is_enabled__exact=1"
    assert light in client.get(reverse("admin:index")).content.decode()
    client.post(page, choice)
    inbox.work()
    assert said() == [("customer", "Hello")]
    assert light not in client.get(reverse("admin:index")).content.decode()
