"""Commands, deep links, one's own data and the ticket's card, over HTTP with the whole bot."""

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest
from pytest_django import Settings

from accounts.models import Availability, Role, User
from accounts.services.people import set_active
from telegram_bot.broadcasts.audience import count_recipients
from telegram_bot.broadcasts.changing import BroadcastDraft, send_preview, start_broadcast, write_broadcast
from telegram_bot.customer_chat.linking import make_chat_link
from telegram_bot.models import Broadcast, BroadcastState, RecipientState
from tests.support.bot_story import JSON, OLIVER, PATIENCE, Agent, asks, rest, wait_until, whole_telegram, words
from tests.support.desk import acting
from tests.support.simulator import Simulator
from tickets.models import Category, Ticket

pytestmark = [
    pytest.mark.xdist_group("bot_process"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("threads", "bot"),
]
ANNA, MILA, BOSS = 2001, 5002, 3001


@pytest.fixture
def telegram(one_telegram: Simulator, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    yield from whole_telegram(one_telegram, settings, monkeypatch, newcomer=MILA, name="Mila")


def offered(telegram: Simulator, person: int) -> list[str]:
    """The commands that Telegram lists while this person types."""
    return [f"{one['command']}: {one['description']}" for one in menu(telegram, person)["commands"]]


def menu(telegram: Simulator, person: int) -> JSON:
    shown: JSON = telegram.get("/changes", users=person)["people"][0]
    return shown


def test_commands_are_listed_by_role_and_in_ones_language(telegram: Simulator, agent: Agent) -> None:
    telegram.say(OLIVER, "/help")
    telegram.say(ANNA, "/help")
    wait_until(lambda: "inbox: Tickets that wait" in offered(telegram, ANNA), what="the agent's commands")
    rest(telegram)
    assert "new: Open a new ticket" in offered(telegram, OLIVER)
    assert not [one for one in offered(telegram, OLIVER) if one.startswith(("inbox", "stats", "role"))]
    assert menu(telegram, OLIVER)["menu_button"]["type"] == "web_app"
    telegram.say(ANNA, "/language")
    telegram.wait_for_message(ANNA, lambda one: "Русский" in str(one.get("reply_markup", "")), seconds=PATIENCE)
    telegram.press(ANNA, "Русский")
    wait_until(lambda: "new: Новое обращение" in offered(telegram, ANNA), what="them in Russian")


def test_an_agent_says_whether_they_are_there_and_takes_a_ticket(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    telegram.say(ANNA, "/away")
    wait_until(lambda: User.objects.get(telegram_id=ANNA).availability == Availability.AWAY)
    telegram.say(ANNA, "/available")
    wait_until(lambda: User.objects.get(telegram_id=ANNA).availability == Availability.AVAILABLE)
    telegram.say(ANNA, "/inbox")
    telegram.wait_for_message(ANNA, "The printer is on fire", seconds=PATIENCE)
    telegram.say(ANNA, f"/take {ticket['number']}")
    wait_until(lambda: (agent.ticket()["assignee"] or {}).get("id") == str(agent.user.pk), what="the ticket taken")
    telegram.say(ANNA, f"/note {ticket['number']} He calls each week")
    wait_until(lambda: agent.messages(ticket)[-1]["internal"], what="the note")
    telegram.say(OLIVER, f"/take {ticket['number']}")
    rest(telegram)
    assert agent.ticket()["assignee"]["id"] == str(agent.user.pk), "no customer takes tickets"


def test_figures_come_as_words_and_as_a_picture(telegram: Simulator, agent: Agent) -> None:
    asks(telegram, agent)
    User.objects.create(first_name="Mila", role=Role.MANAGER, telegram_id=MILA, language="en")
    telegram.say(MILA, "/stats")
    shown = telegram.wait_for_message(MILA, lambda one: "photo" in one, seconds=PATIENCE)
    assert shown["photo"][-1]["width"] > 500
    assert any("1" in words(one) for one in telegram.from_bot(MILA))


def test_deep_links_open_a_ticket_of_a_category_show_one_and_join_an_account(telegram: Simulator, agent: Agent) -> None:
    category = Category.objects.create(name_en="Delivery", name_ru="Доставка")
    telegram.say(OLIVER, f"/start category_{category.pk}")
    rest(telegram)
    ticket = asks(telegram, agent, "Where is my parcel?")
    assert ticket["category"]["id"] == str(category.pk)
    asked = telegram.say(OLIVER, f"/start ticket_{ticket['number']}")
    wait_until(lambda: telegram.from_bot(OLIVER)[-1]["message_id"] > asked["message_id"], what="its card, below")
    assert words(telegram.from_bot(OLIVER)[-1]).startswith(f"#{ticket['number']}")
    admin = User.objects.create(first_name="Adam", role=Role.ADMIN)
    mila = User.objects.create(first_name="Mila", role=Role.AGENT, username="mila")
    code = make_chat_link(actor=acting(admin), user_id=mila.pk).replace("?start=", " ").split(" ")[-1]
    telegram.say(MILA, f"/start {code}")
    telegram.wait_for_message(MILA, lambda one: "✓ Mila" in str(one), seconds=PATIENCE)
    telegram.press(MILA, "✓ Mila")
    wait_until(lambda: User.objects.get(pk=mila.pk).telegram_id == MILA, what="the account joined")
    telegram.say(OLIVER, f"/start {code}")  # a code works once
    rest(telegram)
    assert not any("✓ Mila" in str(one) for one in telegram.from_bot(OLIVER))
    assert User.objects.get(telegram_id=OLIVER).role == Role.CUSTOMER


def test_ones_own_data_come_as_a_file_and_go_for_good(telegram: Simulator, agent: Agent) -> None:
    asks(telegram, agent, "My secret is 42")
    telegram.say(OLIVER, "/privacy")
    told = telegram.wait_for_message(OLIVER, lambda one: "Export my data" in str(one), seconds=PATIENCE)
    assert "days" in words(told), "how long, as it is really set"
    telegram.press(OLIVER, "Export my data")
    sent = telegram.wait_for_message(OLIVER, lambda one: "document" in one, seconds=PATIENCE)
    assert "My secret is 42" in content_of(telegram, sent)
    telegram.press(OLIVER, "Delete my data")
    telegram.wait_for_message(OLIVER, lambda one: "Yes, delete everything" in str(one), seconds=PATIENCE)
    assert Ticket.objects.exists(), "nothing goes before it is confirmed"
    telegram.press(OLIVER, "Yes, delete everything")
    wait_until(
        lambda: "secret" not in str([m for t in agent.tickets() for m in agent.messages(t)]), what="nothing left"
    )
    rest(telegram)
    assert not User.objects.filter(telegram_id=OLIVER).exists()


def content_of(telegram: Simulator, message: JSON) -> str:
    """All texts of the archive that the bot sent."""
    path = httpx.get(
        f"{telegram.url}/bot{telegram.token}/getFile",
        params={"file_id": message["document"]["file_id"]},
        trust_env=False,
    ).json()["result"]["file_path"]
    archive = httpx.get(f"{telegram.url}/file/bot{telegram.token}/{path}", trust_env=False).content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return "\n".join(files.read(name).decode("utf-8", "replace") for name in files.namelist())


def test_one_card_stands_for_a_ticket_and_is_changed_in_place(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)

    def card() -> JSON:
        return next(one for one in telegram.from_bot(OLIVER) if words(one).startswith(f"#{ticket['number']}"))

    first = card()
    assert "Status: Received" in words(first)
    agent.api.post(f"tickets/{ticket['id']}/assign/", assignee=str(agent.user.pk))
    agent.sets(ticket, "open")
    wait_until(lambda: "In progress" in words(card()) and "Anna" in words(card()), what="the card to follow")
    assert card()["message_id"] == first["message_id"]
    assert len(telegram.from_bot(OLIVER)) == 1, "a change of status is no message"
    telegram.press(OLIVER, "Close the ticket")
    wait_until(lambda: agent.ticket()["status"] in ("closed", "resolved"), what="the ticket closed by its customer")


def test_a_banned_person_is_told_once_and_writes_to_nobody_until_let_in(telegram: Simulator, agent: Agent) -> None:
    ticket = asks(telegram, agent)
    admin = User.objects.create(first_name="Adam", role=Role.ADMIN)
    oliver = User.objects.get(telegram_id=OLIVER)
    set_active(actor=acting(admin), user_id=oliver.pk, is_active=False, reason="Rude")
    for text in ("Why?", "Let me in", "Please"):
        telegram.say(OLIVER, text)
    rest(telegram)
    assert sum("You can no longer write" in words(one) for one in telegram.from_bot(OLIVER)) == 1
    assert agent.texts(ticket) == ["The printer is on fire"]
    set_active(actor=acting(admin), user_id=oliver.pk, is_active=True, reason="He is sorry")
    telegram.say(OLIVER, "I am sorry")
    wait_until(lambda: agent.texts(ticket)[-1] == "I am sorry", what="words after the ban")


def test_a_broadcast_reports_who_got_it_and_who_has_blocked_the_bot(telegram: Simulator, agent: Agent) -> None:
    boss = User.objects.create(first_name="Boss", role=Role.MANAGER, telegram_id=BOSS, language="en")
    for person in (OLIVER, MILA, BOSS):
        telegram.say(person, "/help")
        wait_until(lambda person=person: telegram.from_bot(person), what="an answer")  # type: ignore[misc]
    rest(telegram)
    draft = BroadcastDraft(title="News", text_ru="Мы открылись", text_en="We are open")
    broadcast = write_broadcast(actor=acting(boss), draft=draft)
    send_preview(actor=acting(boss), broadcast_id=broadcast.pk)
    telegram.wait_for_message(BOSS, "We are open", seconds=PATIENCE)
    assert not any("We are open" in words(one) for one in telegram.from_bot(OLIVER)), "a preview is the author's alone"
    telegram.set_fault("blocked", chat_id=MILA)
    start_broadcast(actor=acting(boss), broadcast_id=broadcast.pk)
    telegram.wait_for_message(OLIVER, "We are open", seconds=PATIENCE)
    wait_until(lambda: Broadcast.objects.get().state == BroadcastState.DONE, what="the end")
    counts = count_recipients(broadcast)
    assert (counts[RecipientState.SENT], counts[RecipientState.BLOCKED]) == (1, 1)
    for label, wanted in (("No more such messages", False), ("Send such messages again", True)):
        telegram.press(OLIVER, label)
        rest(telegram)
        assert User.objects.get(telegram_id=OLIVER).preferences["news"] is wanted


def test_where_the_desk_wants_it_so_a_word_after_the_end_begins_a_new_ticket(
    telegram: Simulator, agent: Agent, settings: Settings
) -> None:
    settings.AFTER_RESOLVED = "new"
    ticket = asks(telegram, agent)
    agent.says(ticket, "It is out")
    agent.sets(ticket, "resolved")
    rest(telegram)
    telegram.say(OLIVER, "Thanks")
    wait_until(lambda: "Thanks" in agent.texts(ticket), what="the thanks, kept")
    telegram.say(OLIVER, "The cellar is under water")
    second = agent.ticket(2)
    assert second["subject"] == "The cellar is under water"
    assert agent.ticket()["status"] in ("resolved", "closed")
