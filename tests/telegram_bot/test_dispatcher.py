"""Handling: in order within a chat, poison set aside, nothing half done."""

import asyncio
from datetime import timedelta

import pytest
import time_machine
from django.db import OperationalError

from accounts import clock
from accounts.models import User
from accounts.services.people import set_active
from telegram_bot import bridge, dispatcher
from telegram_bot.dispatcher import Dispatcher, handle_next, list_waiting_queues
from telegram_bot.handlers import conversation, editing
from telegram_bot.housekeeping import keep_house
from telegram_bot.incoming import Outcome
from telegram_bot.loops import Wakeup
from telegram_bot.models import Chat, MessageLink, Update, UpdateState
from tests.support.desk import a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.models import Message, Ticket


def poison(inbox: Inbox, user: User) -> dict[str, object]:
    """A message that python-telegram-bot cannot read."""
    return inbox.update(message={**inbox.message(user, "x"), "date": "yesterday"})


def test_messages_of_a_chat_are_handled_in_the_order_of_their_arrival(inbox: Inbox, vera: User) -> None:
    updates = [inbox.update(message=inbox.message(vera, f"{number}")) for number in range(5)]
    inbox.put(*reversed(updates))  # what Telegram numbers is another matter
    inbox.work()
    assert list(Message.objects.order_by("sequence").values_list("text", flat=True)) == ["4", "3", "2", "1", "0"]


def test_a_poison_update_dies_after_three_tries_and_its_chat_goes_on(inbox: Inbox, vera: User, gleb: User) -> None:
    inbox.put(poison(inbox, vera), inbox.update(message=inbox.message(vera, "After it")))
    inbox.put(inbox.update(message=inbox.message(gleb, "Elsewhere")))
    with time_machine.travel("2026-11-24 12:00", tick=False) as clock:
        inbox.handle_all()
        assert [row.attempts for row in inbox.rows()] == [1, 0, 0]
        assert inbox.rows()[2].state == UpdateState.DONE, "another chat does not wait"
        assert list_waiting_queues(inbox.bot_id, besides=[]) == [], "its own chat waits for the next try"
        for _try in range(2):
            clock.shift(10)
            inbox.handle_all()
    dead, after, _other = inbox.rows()
    assert (dead.state, dead.attempts) == (UpdateState.DEAD, 3)
    assert "TypeError" in dead.last_error or "Error" in dead.last_error
    assert after.state == UpdateState.DONE


def test_a_failing_handler_leaves_nothing_half_done(inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail_after_the_work(*args: object, **more: object) -> Outcome:
        real(*args, **more)  # type: ignore[arg-type]
        raise RuntimeError("just before the end")

    real = conversation.receive_message
    monkeypatch.setattr(conversation, "receive_message", fail_after_the_work)
    inbox.put(inbox.update(message=inbox.message(vera, "Hello")))
    handle_next(inbox.bot_id, vera.telegram_id or 0)
    assert not Ticket.objects.exists()
    assert not MessageLink.objects.exists()
    assert not inbox.owed()
    monkeypatch.undo()
    Update.objects.update(next_attempt_at=None)
    inbox.work()
    assert Message.objects.get().text == "Hello"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads")
async def test_a_flood_of_one_customer_holds_up_no_other(
    vera: User, gleb: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(row: Update) -> Outcome:
        begun.append(row.queue)
        if row.queue == gleb.telegram_id:
            loop.call_soon_threadsafe(stop.set)
        return real(row)

    begun: list[int] = []
    inbox, stop, loop, real = Inbox(), asyncio.Event(), asyncio.get_running_loop(), dispatcher.handle_update
    monkeypatch.setattr(dispatcher, "handle_update", note)
    seconds = [1_795_000_000 + number // 20 for number in range(200)]
    flood = [inbox.update(message=inbox.message(vera, "Hello?", date=second)) for second in seconds]
    await bridge.run(inbox.put, *flood, inbox.update(message=inbox.message(gleb, "My parcel?")))
    working = Dispatcher(bot_id=inbox.bot_id, inbox_filled=Wakeup(), on_handled=lambda: None, stop=stop)
    await working.step()
    await asyncio.wait_for(stop.wait(), 60)
    await working.finish(60)
    assert begun.count(vera.telegram_id or 0) <= 10, "of the 200 that came before"
    waiting = await bridge.run(Update.objects.filter(state=UpdateState.RECEIVED).count)
    assert waiting == 201 - len(begun), "the rest has its turn"


def test_a_process_killed_before_the_commit_leaves_the_update_waiting(
    transactional_db: None, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """The end of the process: no `except Exception` may see it."""

    def die(*_args: object) -> None:
        raise Killed

    inbox = Inbox()
    inbox.put(inbox.update(message=inbox.message(vera, "Hello")))
    monkeypatch.setattr(dispatcher, "_settle", die)
    with pytest.raises(Killed):
        handle_next(inbox.bot_id, vera.telegram_id or 0)
    monkeypatch.undo()
    assert (inbox.rows()[0].state, inbox.rows()[0].attempts) == (UpdateState.RECEIVED, 0)
    inbox.work()
    assert Message.objects.count() == 1


def test_a_database_failure_costs_no_try(inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_the_connection(*_args: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    inbox.put(inbox.update(message=inbox.message(vera, "Hello")))
    monkeypatch.setattr(dispatcher, "handle_update", lose_the_connection)
    for _time in range(5):
        with pytest.raises(OperationalError):
            handle_next(inbox.bot_id, vera.telegram_id or 0)
    row = inbox.rows()[0]
    assert (row.state, row.attempts) == (UpdateState.RECEIVED, 0)


def test_whoever_wrote_a_dead_message_is_told_that_it_did_not_arrive(
    inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> Outcome:
        raise RuntimeError("always")

    monkeypatch.setattr(conversation, "receive_message", fail)
    monkeypatch.setattr(editing, "edit_message", fail)
    message = inbox.message(vera, "Hello")
    for content, words in (
        ({"message": message}, "send it once more"),
        ({"edited_message": message}, "stays as it was"),
    ):
        inbox.put(inbox.update(**content))
        for _try in range(3):
            Update.objects.update(next_attempt_at=None)
            inbox.handle_all()
        assert words in inbox.told(vera)[-1]


def test_a_banned_person_is_told_once_and_what_they_write_stays_in_the_inbox_only(
    inbox: Inbox, vera: User, adam: User
) -> None:
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False, reason="Insults")
    for text in ("Hello", "Hello?"):
        inbox.says(vera, text)
    assert [row.outcome for row in inbox.rows()] == ["banned", "banned"]
    assert inbox.told(vera) == ["You can no longer write to this desk."]
    assert not Message.objects.exists()
    pressed = inbox.presses(vera, "1:n")
    answers = [call.params for call in inbox.owed(method="answerCallbackQuery")]
    assert [(answer["callback_query_id"], answer["show_alert"]) for answer in answers] == [(pressed, True)]
    banned = User.objects.get(pk=vera.pk)
    assert (banned.ban_reason, banned.banned_at is not None) == ("Insults", True)
    set_active(actor=acting(adam), user_id=vera.pk, is_active=True, reason="She is sorry")
    inbox.says(vera, "Thank you for letting me in")
    assert Message.objects.count() == 1
    assert User.objects.get(pk=vera.pk).ban_reason == ""
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    inbox.says(vera, "Again?")
    assert inbox.told(vera).count("You can no longer write to this desk.") == 2


def test_what_a_customer_wrote_before_the_ban_reaches_its_ticket_however_late_it_is_handled(
    inbox: Inbox, vera: User, adam: User
) -> None:
    written = inbox.message(vera, "It burns")
    inbox.put(inbox.update(message=written))
    inbox.put(inbox.update(edited_message={**written, "text": "It burns!", "edit_date": 1_795_000_100}))
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    inbox.says(vera, "And you are slow")
    assert [row.outcome for row in inbox.rows()] == ["ticket_opened", "message_edited", "banned"]
    assert Message.objects.get().text == "It burns!"
    told = inbox.told(vera)
    assert told.count("You can no longer write to this desk.") == 1
    inbox.says(vera, "Hello?")
    assert inbox.told(vera) == told, "told of the ban once"


def test_what_waited_for_a_choice_when_its_customer_was_banned_goes_to_the_newest_ticket(
    inbox: Inbox, vera: User, adam: User
) -> None:
    newest = [a_ticket_of(vera, text) for text in ("First", "Second")][-1]
    inbox.says(vera, "About one of them")
    assert inbox.rows()[-1].state == UpdateState.HELD
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    Update.objects.update(handled_at=clock.now() - timedelta(hours=1))
    keep_house(inbox.bot_id)
    inbox.work()
    assert newest.messages.filter(text="About one of them").exists()


def test_a_ban_ends_at_once_what_is_pressed_and_what_staff_send(
    inbox: Inbox, vera: User, anna: User, adam: User
) -> None:
    ticket = a_ticket_of(vera)
    press = {"id": "1", "from": inbox.account(vera), "chat_instance": "1", "data": "1:n"}
    inbox.put(inbox.update(callback_query={**press, "message": inbox.message(vera, "choose")}))
    inbox.put(inbox.update(message=inbox.message(anna, f"/take {ticket.number}")))
    for person in (vera, anna):
        set_active(actor=acting(adam), user_id=person.pk, is_active=False)
    inbox.work()
    assert [row.outcome for row in inbox.rows()] == ["banned", "banned"]


def test_who_was_told_of_a_ban_is_told_once_that_it_is_over(inbox: Inbox, vera: User, gleb: User, adam: User) -> None:
    for person in (vera, gleb):
        set_active(actor=acting(adam), user_id=person.pk, is_active=False)
    inbox.says(vera, "Hello?")
    keep_house(inbox.bot_id)
    assert inbox.told(vera) == ["You can no longer write to this desk."], "not yet"
    for person in (vera, gleb):
        set_active(actor=acting(adam), user_id=person.pk, is_active=True)
    Chat.objects.filter(person=vera).update(unreachable="blocked")
    keep_house(inbox.bot_id)
    assert len(inbox.told(vera)) == 1, "blocked the bot"
    Chat.objects.filter(person=vera).update(unreachable="")
    for _again in range(2):
        keep_house(inbox.bot_id)
    assert inbox.told(vera)[1:] == ["You can write to this desk again."]
    assert inbox.told(gleb) == [], "knew of no ban"
    set_active(actor=acting(adam), user_id=vera.pk, is_active=False)
    inbox.says(vera, "And now?")
    assert inbox.told(vera)[2:] == ["You can no longer write to this desk."]


def test_bots_channels_and_groups_are_ignored(inbox: Inbox, vera: User) -> None:
    group = {"id": -5, "type": "group", "title": "Friends"}
    inbox.says(vera, "Hello", chat=group)
    inbox.put(
        inbox.update(channel_post={"message_id": 1, "date": 1, "chat": {"id": -6, "type": "channel"}, "text": "x"})
    )
    inbox.says(vera, "Hello", **{"from": {"id": 9, "is_bot": True, "first_name": "Robot"}})
    inbox.work()
    assert {row.outcome for row in inbox.rows()} == {"ignored"}
