"""A member of staff joins their Telegram account to the person whom the desk knows, by a link that works once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts import clock, rate_limits
from accounts.errors import InvalidInput
from accounts.models import OneTimeLink, Role, User
from accounts.services.sessions import is_session_alive, start_session
from accounts.services.telegram_links import AlreadyLinked, create_telegram_link, part_telegram
from telegram_bot.models import Chat
from telegram_bot.speech.callback_data import Action, build
from tests.support.desk import a_ticket_of, acting
from tests.support.inbox import Inbox
from tickets.models import Ticket


@pytest.fixture
def pavel(db: None) -> User:
    """Works here, and came by a sign-in with a password."""
    return User.objects.create(first_name="Pavel", login="pavel", role=Role.AGENT, language="en")


@pytest.fixture
def phone(db: None) -> User:
    """The Telegram account that Pavel holds in his hand, of which the desk knows nothing yet."""
    return User(first_name="Pasha", telegram_id=777_001, language="en")


def code_for(person: User, by: User) -> str:
    return create_telegram_link(actor=acting(by), user_id=person.pk)


def test_the_account_that_shows_the_code_becomes_the_person_after_a_press(
    inbox: Inbox, adam: User, pavel: User, phone: User, vera: User
) -> None:
    code = code_for(pavel, adam)
    assert not OneTimeLink.objects.filter(token_hash=code.encode()).exists(), "stored as a hash"
    inbox.says(phone, f"/start link_{code}")
    assert "Are you Pavel (Agent)?" in inbox.told(phone)[-1]
    assert User.objects.get(telegram_id=phone.telegram_id).role == "customer", "nothing without the press"
    inbox.presses(phone, inbox.last_buttons(phone)["✓ Pavel"])
    linked = User.objects.get(telegram_id=phone.telegram_id)
    assert (linked.pk, linked.name, linked.role) == (pavel.pk, "Pasha", "agent")
    assert not User.objects.filter(first_name="Pasha", role="customer").exists()
    assert "Your role: Agent" in inbox.told(phone)[-1]
    menu = [one["command"] for one in inbox.owed(method="setMyCommands")[-1].params["commands"]]
    assert "take" in menu
    ticket = a_ticket_of(vera)
    inbox.says(phone, f"/take {ticket.number}")
    assert Ticket.objects.get().assignee == linked


def test_a_code_works_once_for_a_quarter_of_an_hour_and_for_the_account_that_showed_it(
    inbox: Inbox, adam: User, pavel: User, phone: User, gleb: User, vera: User
) -> None:
    code = code_for(pavel, adam)
    inbox.says(phone, f"/start link_{code}")
    button = inbox.last_buttons(phone)["✓ Pavel"]
    inbox.says(vera, f"/start link_{code}")
    assert "used already" in inbox.told(vera)[-1], "another has shown it"
    inbox.presses(vera, button)
    assert inbox.rows()[-1].outcome == "refused", "a forged press"
    with clock.standing_at(clock.now() + timedelta(minutes=16)):
        inbox.presses(phone, button)
        inbox.says(phone, f"/start link_{code}")
    assert inbox.rows()[-2].outcome == "refused"
    assert "used already" in inbox.told(phone)[-1]
    inbox.presses(phone, button)
    inbox.presses(phone, button)
    assert inbox.rows()[-1].outcome == "refused", "used"
    assert User.objects.get(telegram_id=phone.telegram_id) == pavel
    inbox.says(gleb, f"/start link_{'A' * 43}")
    assert "used already" in inbox.told(gleb)[-1]


def test_an_account_of_another_person_is_refused_with_the_way_out(
    inbox: Inbox, adam: User, pavel: User, phone: User, anna: User
) -> None:
    code = code_for(pavel, adam)
    inbox.says(anna, f"/start link_{code}")
    assert "An administrator can unlink it" in inbox.told(anna)[-1], "she works here"
    inbox.says(phone, "My printer burns")
    inbox.says(phone, f"/start link_{code}")
    inbox.presses(phone, inbox.last_buttons(phone)["✓ Pavel"])
    assert "An administrator can unlink it" in inbox.owed(method="answerCallbackQuery")[-1].params["text"]
    pavel.refresh_from_db()
    assert pavel.telegram_id is None
    customer = User.objects.get(telegram_id=phone.telegram_id)
    part_telegram(actor=acting(adam), user_id=customer.pk)


def test_saying_no_links_nothing(inbox: Inbox, adam: User, pavel: User, phone: User) -> None:
    inbox.says(phone, f"/start link_{code_for(pavel, adam)}")
    inbox.presses(phone, inbox.last_buttons(phone)["No, do not link"])
    assert inbox.owed(phone, "editMessageText")[-1].params["text"] == "Nothing was linked."
    assert User.objects.get(telegram_id=phone.telegram_id).role == "customer"


def test_guessing_is_slowed(inbox: Inbox, vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "TELEGRAM_LINK", rate_limits.Limit(name="test", burst=2, per_second=0.001))
    for number in range(3):
        inbox.says(vera, f"/start link_{number:043d}")
    assert ["used already" in text for text in inbox.told(vera)] == [True, True, False]
    assert "Too many requests" in inbox.told(vera)[-1]


def test_in_the_admin_one_makes_a_link_and_takes_the_account_back(
    inbox: Inbox, adam: User, mila: User, pavel: User, phone: User, vera: User
) -> None:
    def choose(by: User, action: str, *people: User) -> str:
        client = Client(headers={"Accept-Language": "en"})
        client.force_login(by)
        values = {"action": action, "_selected_action": [str(person.pk) for person in people]}
        return client.post("/admin/accounts/user/", values, follow=True).content.decode()

    assert "role does not allow" in choose(mila, "link_telegram", pavel), "a manager, for somebody else"
    User.objects.filter(pk=mila.pk).update(telegram_id=None)
    assert "link_" in choose(mila, "link_telegram", mila)
    said = choose(adam, "link_telegram", pavel, vera)
    assert "Links are for those who work here" in said
    code = re.search(r"link_[\w-]{43}", said)
    assert code
    inbox.says(phone, f"/start {code[0]}")
    inbox.presses(phone, inbox.last_buttons(phone)["✓ Pavel"])
    session = start_session(User.objects.get(pk=pavel.pk))
    with pytest.raises(AlreadyLinked):
        code_for(pavel, adam)
    choose(mila, "unlink_telegram", pavel)
    assert is_session_alive(session.family), "managers may not"
    assert "has no Telegram account now" in choose(adam, "unlink_telegram", pavel)
    assert not is_session_alive(session.family)
    inbox.says(phone, "/away")
    assert "role does not allow" in inbox.told(phone)[-1]
    stranger = User.objects.get(telegram_id=phone.telegram_id)
    assert (stranger.role, Chat.objects.get(telegram_id=phone.telegram_id).person) == ("customer", stranger)
    menus = inbox.owed(method="setMyCommands")
    assert "take" not in [one["command"] for one in menus[-1].params["commands"]], "the agents' menu is gone"
    with pytest.raises(InvalidInput):
        part_telegram(actor=acting(adam), user_id=adam.pk)  # no password: the only way in


def test_a_button_for_a_link_that_never_was(inbox: Inbox, vera: User, pavel: User) -> None:
    inbox.presses(vera, build(Action.LINK_ACCOUNT, pavel.pk))
    assert inbox.rows()[-1].outcome == "refused"
