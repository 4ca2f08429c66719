"""The bot as a process against the simulated Telegram: killed at each step, taken over, stopped."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from pytest_django import Settings

from accounts.models import Language, Role, User
from telegram_bot.models import BotLease, OutgoingCall, Update
from telegram_bot.speech.callback_data import Action, build
from tests.support.bot_process import BotProcess, database_url, let_leases_run_out
from tests.support.desk import a_reply_by, acting
from tests.support.shop import let_in
from tests.support.simulator import Simulator
from tests.support.simulator import wait_until as poll
from tests.support.simulator_control import picture
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.assignment import assign_ticket
from tickets.services.attachments import store_upload
from tickets.services.conversation import edit_message, post_reply
from tickets.services.delivery import retry_delivery
from tickets.services.drafts import MessageDraft
from tickets.services.reactions import react_to_message
from tickets.services.workflow import change_status

pytestmark = [pytest.mark.xdist_group("bot_process"), pytest.mark.django_db(transaction=True)]
# what the tests without a process prove too, once more over the wire: `make faults`
in_full = pytest.mark.campaign
VERA = 1001
PATIENCE = 90.0  # seconds; a process may start slowly on a busy machine
wait_until = partial(poll, seconds=PATIENCE)


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings) -> Simulator:
    one_telegram.reset()
    settings.TELEGRAM_BOT_TOKEN = one_telegram.token
    return one_telegram


@pytest.fixture
def bot(telegram: Simulator, tmp_path: Path) -> Iterator[BotProcess]:
    address = {"PUBLIC_URL": "https://desk.example.com", "TELEGRAM_MODE": "polling"}
    with BotProcess(telegram, tmp_path / "bot.log", **address) as bot:
        yield bot


@pytest.fixture
def agent(transactional_db: None) -> User:
    return User.objects.create(first_name="Anna", role=Role.AGENT, telegram_id=2001, language=Language.ENGLISH)


def a_ticket(telegram: Simulator, text: str = "Hello") -> Ticket:
    telegram.say(VERA, text)
    telegram.wait_for_message(VERA, "№", seconds=PATIENCE)
    return Ticket.objects.get()


def count_of(telegram: Simulator, text: str) -> int:
    return sum(text in message.get("text", "") for message in telegram.from_bot(VERA))


def answers_of(telegram: Simulator, text: str) -> int:
    return sum(text in message.get("text", "") for message in telegram.answers(VERA))


def settled() -> bool:
    updates = Update.objects.filter(state="received").exists()
    calls = OutgoingCall.objects.filter(state__in=("pending", "sending")).exists()
    return not updates and not calls and not Message.objects.filter(delivery_state="queued").exists()


def test_the_story_both_ways(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram, "The printer is on fire")
    a_reply_by(agent, ticket, "We are on it")
    answer = telegram.wait_for_message(VERA, "We are on it", seconds=PATIENCE)
    telegram.say(VERA, "Thank you", reply_to=answer["message_id"])
    telegram.send_photo(VERA, caption="Look")
    wait_until(lambda: ticket.messages.filter(kind="photo", attachments__state="ready").exists(), what="the photo")
    wait_until(settled)
    texts = ["The printer is on fire", "We are on it", "Thank you", "Look"]
    assert list(ticket.messages.order_by("sequence").values_list("text", flat=True)) == texts
    assert bot.stop() == 0
    assert BotLease.objects.get().holder is None, "the next process begins at once"


@in_full
def test_a_ticket_keeps_one_card_through_everything(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram, "The printer is on fire")
    card = telegram.wait_for_message(VERA, "№")["message_id"]
    wait_until(settled)
    before = len(telegram.calls("editMessageText"))
    assign_ticket(actor=acting(agent), ticket=ticket.pk, assignee_id=agent.pk)
    a_reply_by(agent, ticket, "Which floor?")
    change_status(actor=acting(agent), ticket=ticket.pk, status=TicketStatus.PENDING)
    shown = lambda: next(one for one in telegram.from_bot(VERA) if one["message_id"] == card)["text"]  # noqa: E731
    wait_until(lambda: "Anna" in shown() and "Which floor?" in shown(), what="the card to follow")
    wait_until(settled)
    assert len(telegram.calls("editMessageText")) - before <= 2
    assert len(telegram.from_bot(VERA)) == 2, "the card and the answer"
    telegram.delete(VERA, card)
    telegram.say(VERA, "The third")
    wait_until(lambda: len(telegram.from_bot(VERA)) == 2, what="a new card")
    wait_until(settled)
    again = telegram.from_bot(VERA)[-1]
    assert again["reply_markup"]["inline_keyboard"][0][1]["web_app"]["url"].startswith("https://desk.example.com/app/")
    pressed = telegram.press(VERA, data=build(Action.CLOSE_TICKET, ticket.pk), message_id=again["message_id"])
    wait_until(lambda: telegram.answer_to(pressed) is not None, what="an answer to the press")
    wait_until(lambda: len(telegram.from_bot(VERA)) == 3, what="the question how it was")


@in_full
def test_each_ticket_has_its_topic_where_the_bot_has_topics_and_a_deleted_one_comes_again(
    telegram: Simulator, agent: User, tmp_path: Path
) -> None:
    telegram.enable_topics()
    with BotProcess(telegram, tmp_path / "bot.log"):
        wait_until(lambda: BotLease.objects.filter(has_topics=True).exists(), what="getMe")
        ticket = a_ticket(telegram, "The printer is on fire")
        card = telegram.wait_for_message(VERA, "The printer is on fire")
        first = card["message_thread_id"]
        telegram.say(VERA, "It smells", thread_id=first)
        wait_until(lambda: ticket.messages.filter(text="It smells").exists())
        a_reply_by(agent, ticket, "Which floor?")
        assert telegram.wait_for_message(VERA, "Which floor?", seconds=PATIENCE)["message_thread_id"] == first
        wait_until(settled)
        telegram.change_topic(VERA, "delete", first)
        message = a_reply_by(agent, ticket, "Are you there?")
        second = telegram.wait_for_message(VERA, "Are you there?", seconds=PATIENCE)["message_thread_id"]
        assert second != first
        assert telegram.wait_for_message(VERA, "The printer", seconds=PATIENCE)["message_thread_id"] == second
        change_status(actor=acting(agent), ticket=ticket.pk, status=TicketStatus.RESOLVED)
        wait_until(lambda: "✓" in str(telegram.calls("editForumTopic")[-1:]), what="the topic's new name")
        wait_until(settled)
        message.refresh_from_db()
        assert (message.delivery_state, message.delivery_ambiguous) == ("sent", False)
        assert len(telegram.calls("createForumTopic")) == 2
        assert not OutgoingCall.objects.filter(state="failed").exists()


def test_killed_while_it_polls_it_loses_nothing(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    a_ticket(telegram)
    bot.kill()
    for number in range(5):
        telegram.say(VERA, f"While you were away {number}")
    let_leases_run_out()
    bot.start()
    wait_until(lambda: Message.objects.count() == 6, what="all messages")
    stored = Message.objects.filter(text__startswith="While").order_by("sequence").values_list("text", flat=True)
    assert list(stored) == [f"While you were away {number}" for number in range(5)]


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@in_full
@pytest.mark.parametrize("table", ["telegram_bot_update", "tickets_ticket"])
def test_killed_while_it_stores_or_handles_an_update_it_does_it_once(
    telegram: Simulator, bot: BotProcess, agent: User, table: str
) -> None:
    """A lock stops it there: before the update is stored, or in the middle of opening its ticket."""
    wait_until(lambda: BotLease.objects.filter(holder__isnull=False).exists(), what="the bot")
    with psycopg.connect(database_url()) as other:
        other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        telegram.say(VERA, "Hello")
        wait_until(somebody_waits_for_a_lock, what="the bot to stand before the lock")
        bot.kill()
    let_leases_run_out()
    bot.start()
    telegram.wait_for_message(VERA, "№", seconds=PATIENCE)
    wait_until(settled)
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 1)
    assert [update.state for update in Update.objects.all()] == ["done"]
    assert count_of(telegram, "№") == 1


@in_full
def test_updates_that_come_again_change_nothing(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    a_ticket(telegram)
    update = next(update for update in telegram.updates() if "Hello" in str(update))["update_id"]
    for _time in range(4):
        telegram.replay(update)
    telegram.replay(update, new_id=True)
    telegram.say(VERA, "The end")
    wait_until(lambda: Message.objects.filter(text="The end").exists(), what="the last message")
    assert Message.objects.count() == 2
    assert Ticket.objects.count() == 1
    assert count_of(telegram, "№") == 1


def test_killed_while_telegram_holds_the_answer_back_it_sends_again_and_says_so(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.set_fault("slow", seconds=20, when="after", methods=["sendMessage"], times=1)
    message = a_reply_by(agent, ticket, "Once or twice")
    wait_until(lambda: answers_of(telegram, "Once or twice"), what="the message at Telegram")
    bot.kill()
    telegram.clear_faults()
    let_leases_run_out()
    bot.start()
    wait_until(settled, what="the end of the call")
    message.refresh_from_db()
    assert (message.delivery_state, message.delivery_ambiguous) == ("sent", True)
    assert answers_of(telegram, "Once or twice") == 2


def test_killed_before_telegram_has_the_message_it_arrives_once(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.set_fault("outage")
    message = a_reply_by(agent, ticket, "Through the storm")
    wait_until(lambda: OutgoingCall.objects.filter(message=message.pk).exclude(error_code="").exists(), what="a try")
    bot.kill()
    telegram.clear_faults()
    let_leases_run_out()
    bot.start()
    wait_until(settled, what="the end of the call")
    assert answers_of(telegram, "Through the storm") == 1


def test_an_answer_that_telegram_drops_after_the_work_is_marked(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.set_fault("drop_after", methods=["sendMessage"], times=1)
    message = a_reply_by(agent, ticket, "Perhaps twice")
    wait_until(settled, what="the end of the call")
    message.refresh_from_db()
    assert message.delivery_ambiguous
    assert answers_of(telegram, "Perhaps twice") == 2


def test_a_second_process_stands_by_and_takes_over(
    telegram: Simulator, bot: BotProcess, agent: User, tmp_path: Path
) -> None:
    ticket = a_ticket(telegram)
    with BotProcess(telegram, tmp_path / "second.log") as second:
        wait_until(lambda: "standing by" in second.log.read_text(), what="the second to stand by")
        bot.kill()
        let_leases_run_out()
        a_reply_by(agent, ticket, "From the second")
        telegram.wait_for_message(VERA, "From the second", seconds=PATIENCE)
        assert second.stop() == 0


def test_answers_keep_their_order_through_429_and_failures(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.set_fault("too_many_requests", retry_after=1, methods=["sendMessage"], times=1)
    telegram.set_fault("server_error", status=502, methods=["sendMessage"], times=1)
    for number in range(4):
        a_reply_by(agent, ticket, f"Answer {number}")
    wait_until(settled, what="all answers")
    seen = [message["text"] for message in telegram.from_bot(VERA) if message["text"].startswith("Answer")]
    assert list(dict.fromkeys(seen)) == [f"Answer {number}" for number in range(4)]


@in_full
def test_reactions_go_both_ways_and_only_the_last_counts(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram)
    question = ticket.messages.get()
    answer = a_reply_by(agent, ticket, "On its way")
    arrived = telegram.wait_for_message(VERA, "On its way", seconds=PATIENCE)
    telegram.react(VERA, arrived["message_id"], "🔥")
    telegram.react(VERA, arrived["message_id"], "👍")
    wait_until(lambda: [one["emoji"] for one in Message.objects.get(pk=answer.pk).reactions] == ["👍"])
    for emoji in ("👀", None, "🙏"):
        react_to_message(actor=acting(agent), message_id=question.pk, emoji=emoji)
    shown = lambda: telegram.transcript(VERA)[0].get("reactions", {})  # noqa: E731
    wait_until(lambda: list(shown().values()) == ["🙏"], what="the agent's reaction in Telegram")
    telegram.react(VERA, arrived["message_id"], None)
    wait_until(lambda: Message.objects.get(pk=answer.pk).reactions == [])
    wait_until(settled)


@in_full
def test_a_blocked_customer_is_shown_to_staff_and_comes_back(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.block(VERA)
    message = a_reply_by(agent, ticket, "Hello?")
    wait_until(settled)
    message.refresh_from_db()
    assert (message.delivery_state, message.delivery_reason) == ("blocked", "blocked")
    wait_until(lambda: Ticket.objects.get().unreachable == "blocked")
    telegram.unblock(VERA)
    telegram.say(VERA, "I am back")
    wait_until(lambda: ticket.messages.filter(text="I am back").exists())
    assert Ticket.objects.get().unreachable == ""
    a_reply_by(agent, ticket, "Welcome")
    telegram.wait_for_message(VERA, "Welcome", seconds=PATIENCE)


def test_a_database_that_drops_every_connection_costs_nothing(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    for number in range(6):
        telegram.say(VERA, f"Question {number}")
        a_reply_by(agent, ticket, f"Answer {number}")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    wait_until(lambda: Message.objects.count() == 13, what="all messages")
    wait_until(settled, what="all answers")
    stored = Message.objects.filter(text__startswith="Question").order_by("sequence").values_list("text", flat=True)
    assert list(stored) == [f"Question {number}" for number in range(6)]
    seen = [message["text"] for message in telegram.from_bot(VERA) if message["text"].startswith("Answer")]
    assert list(dict.fromkeys(seen)) == [f"Answer {number}" for number in range(6)]
    doubled = {text for text in seen if seen.count(text) > 1}
    assert doubled <= set(Message.objects.filter(delivery_ambiguous=True).values_list("text", flat=True))


def test_without_redis_messages_and_answers_go_their_way(telegram: Simulator, agent: User, tmp_path: Path) -> None:
    with BotProcess(telegram, tmp_path / "bot.log", REDIS_URL="unix:///nowhere/redis.sock"):
        ticket = a_ticket(telegram)
        a_reply_by(agent, ticket, "We are on it")
        telegram.wait_for_message(VERA, "We are on it", seconds=PATIENCE)
        wait_until(settled)


def test_buttons_and_menus_over_the_wire(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    telegram.say(VERA, "/language")
    telegram.wait_for_message(VERA, "language", seconds=PATIENCE)
    forged = telegram.press(VERA, "English", forged_data="1:t:nonsense")
    wait_until(lambda: telegram.answer_to(forged) is not None, what="an answer to the forged press")
    pressed = telegram.press(VERA, "English")
    wait_until(lambda: telegram.answer_to(pressed) is not None, what="an answer to the press")
    telegram.wait_for_message(VERA, "I speak English", seconds=PATIENCE)
    wait_until(lambda: len(telegram.calls("setMyCommands")) >= 3)


@in_full
def test_an_agents_picture_and_file_reach_the_customer(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    ticket = a_ticket(telegram)
    actor = acting(agent)
    files = [("map.jpg", picture()), ("terms.txt", b"plain words")]
    ids = [store_upload(actor=actor, file=ContentFile(content), name=name).pk for name, content in files]
    draft = MessageDraft(id=uuid4(), text="Both of them", attachments=ids)
    message = post_reply(actor=actor, ticket=ticket.pk, draft=draft).message
    wait_until(settled, what="the files")
    message.refresh_from_db()
    assert message.delivery_state == "sent"
    photo, document = telegram.from_bot(VERA)[-2:]
    assert ("photo" in photo, photo["caption"]) == (True, "Both of them")
    assert document["document"]["file_name"] == "terms.txt"


def files_of(agent: User, *files: tuple[str, bytes]) -> list[UUID]:
    return [store_upload(actor=acting(agent), file=ContentFile(content), name=name).pk for name, content in files]


def an_answer(agent: User, ticket: Ticket, text: str, *files: tuple[str, bytes], **more: Any) -> Message:
    draft = MessageDraft(id=uuid4(), text=text, attachments=files_of(agent, *files), **more)
    return post_reply(actor=acting(agent), ticket=ticket.pk, draft=draft).message


@in_full
def test_an_album_reaches_the_customer_and_a_refused_one_loses_no_file(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    files = [(f"{number}.jpg", picture(64 + number)) for number in range(3)]
    bold = {"type": "bold", "offset": 0, "length": 5}
    whole = an_answer(agent, ticket, "Three pictures", *files, entities=[bold])
    wait_until(settled, what="the album")
    album = telegram.from_bot(VERA)[-3:]
    assert len({message.get("media_group_id") for message in album} - {None}) == 1
    assert [message.get("caption") for message in album] == ["Three pictures", None, None]
    assert album[0]["caption_entities"] == [bold]
    telegram.set_fault("error", methods=["sendMediaGroup"], times=1, description="Bad Request: file is too big")
    apart = an_answer(agent, ticket, "And again", *files)
    wait_until(settled, what="the pictures one by one")
    singles = telegram.from_bot(VERA)[-3:]
    assert ["media_group_id" in message for message in singles] == [False] * 3
    assert [message.get("caption") for message in singles] == ["And again", None, None]
    states = Message.objects.filter(pk__in=[whole.pk, apart.pk]).values_list("delivery_state", flat=True)
    assert set(states) == {"sent"}
    edit_message(actor=acting(agent), message_id=apart.pk, text="Once more")
    wait_until(lambda: telegram.from_bot(VERA)[-3].get("caption") == "Once more", what="the edited caption")


@in_full
def test_a_voice_is_a_bubble_and_a_file_for_whoever_forbids_voices(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    sound = ("word.ogg", b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(40))
    an_answer(agent, ticket, "Listen", sound)
    telegram.wait_for_message(VERA, lambda message: "voice" in message, seconds=PATIENCE)
    wait_until(settled)
    telegram.create_user(VERA, forbids_voices=True)
    message = an_answer(agent, ticket, "And this", ("more.ogg", sound[1] + b"x"))
    telegram.wait_for_message(VERA, lambda found: found.get("caption") == "And this", seconds=PATIENCE)
    wait_until(settled)
    message.refresh_from_db()
    assert message.delivery_state == "sent"
    assert "document" in telegram.from_bot(VERA)[-1]


@in_full
def test_a_blocked_answer_is_sent_again_by_hand_after_the_customer_came_back(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    ticket = a_ticket(telegram)
    wait_until(settled)
    telegram.block(VERA)
    message = an_answer(agent, ticket, "Are you there?")

    def state() -> str:
        message.refresh_from_db()
        return str(message.delivery_state)

    wait_until(lambda: state() == "blocked", what="the blocked answer")
    telegram.unblock(VERA)
    retry_delivery(actor=acting(agent), message_id=message.pk)
    telegram.wait_for_message(VERA, "Are you there?", seconds=PATIENCE)
    wait_until(lambda: state() == "sent", what="the state")


@in_full
def test_check_channel_finds_no_fault_and_names_the_cure_of_one(
    telegram: Simulator, bot: BotProcess, agent: User
) -> None:
    a_ticket(telegram)
    wait_until(settled)
    sound = bot.manage("check_channel", "--json")
    # nobody serves the pages of this desk
    assert [one["code"] for one in json.loads(sound.stdout) if one["level"] == "fault"] == ["mini_app_page"]
    bot.kill()
    let_leases_run_out()
    broken = bot.manage("check_channel", "--language", "en")
    assert broken.returncode == 1
    assert "Start manage.py run_bot" in broken.stdout


@in_full
def test_a_poison_update_stops_nobody(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    telegram.inject_raw(
        '"message": {"message_id": 1, "date": "yesterday", "chat": {"id": 1001, "type": "private"}}', VERA
    )
    telegram.say(VERA, "After the poison")
    wait_until(lambda: Message.objects.filter(text="After the poison").exists(), what="the next message")
    assert Update.objects.get(state="dead").attempts == 3


@in_full
def test_a_conversation_through_the_companys_own_account(telegram: Simulator, bot: BotProcess, agent: User) -> None:
    owner, shop = 3001, "shop-1"
    let_in(owner)
    telegram.connect_business(shop, owner)
    asked = telegram.write_to_business(VERA, shop, "Do you deliver?")
    wait_until(Ticket.objects.exists, what="the ticket")
    ticket = Ticket.objects.get()
    a_reply_by(agent, ticket, "Tomorrow")

    def heard() -> list[str]:
        return [message["text"] for message in telegram.business_transcript(VERA)]

    wait_until(lambda: heard() == ["Do you deliver?", "Tomorrow"], what="the answer")
    wait_until(settled)
    telegram.delete_in_business(VERA, shop, asked["message_id"])
    wait_until(lambda: Message.objects.exclude(deleted_at=None).count() == 1, what="the tombstone")
    telegram.advance_clock(90_000)  # Telegram's day is over, the desk's is not
    message = a_reply_by(agent, ticket, "Too late")
    wait_until(lambda: Message.objects.get(pk=message.pk).delivery_state == "failed", what="the refusal")
    assert Message.objects.get(pk=message.pk).delivery_reason == "reply_window_over"
    telegram.connect_business(shop, owner, is_enabled=False)
    wait_until(lambda: Ticket.objects.get().unreachable == "disconnected", what="the disconnection")
    assert telegram.business_transcript(VERA)[-1]["text"] == "Tomorrow"
    assert all("business_connection_id" in message for message in telegram.from_bot(VERA))
