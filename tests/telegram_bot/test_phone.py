"""A customer's phone: asked for once, verified by Telegram, seen by staff, and gone with the person."""

import io
import json
from datetime import timedelta
from zipfile import ZipFile

import pytest
import time_machine
from pytest_django import Settings

from accounts import clock
from accounts.masking import mask_secrets
from accounts.models import User
from tests.support.desk import a_reply_by, acting
from tests.support.inbox import JSON, Inbox
from tickets.models import Message, Ticket
from tickets.representations.cards import represent_card
from tickets.services.erasure import erase_customer
from tickets.services.exporting import write_own_data


def contact(owner: User | None, phone: str = "7 900 123-45-67") -> JSON:
    of_an_account = {"user_id": owner.telegram_id} if owner is not None else {}
    return {"contact": {"phone_number": phone, "first_name": "Somebody", **of_an_account}}


def phone_of(user: User) -> str:
    return User.objects.get(pk=user.pk).phone


def keyboards(inbox: Inbox, user: User) -> list[JSON]:
    markups = [call.params.get("reply_markup", {}) for call in inbox.owed(user, "sendMessage")]
    return [markup for markup in markups if "keyboard" in markup or "remove_keyboard" in markup]


def test_with_the_first_ticket_it_is_asked_for_once_and_kept_verified(
    inbox: Inbox, vera: User, anna: User, adam: User, settings: Settings
) -> None:
    settings.ASK_PHONE = True
    inbox.says(vera, "It burns")
    (asked,) = keyboards(inbox, vera)
    assert asked["keyboard"][0][0] == {"text": "Share my phone number", "request_contact": True}
    inbox.says(vera, "On the second floor")
    inbox.says(vera, **contact(vera))
    assert phone_of(vera) == "+79001234567"
    assert keyboards(inbox, vera)[-1] == {"remove_keyboard": True}
    assert Message.objects.filter(kind="contact").count() == 0, "the answer to a question of the bot"
    inbox.says(vera, "/new Another matter")
    assert len(keyboards(inbox, vera)) == 2, "not again"
    assert represent_card(acting(anna), vera.pk)["person"]["phone"] == "+79001234567"
    file = io.BytesIO()
    write_own_data(actor=acting(vera), into=file)
    assert json.loads(ZipFile(file).read("person.json"))["phone"] == "+79001234567"
    erase_customer(actor=acting(adam), user_id=vera.pk)
    assert phone_of(vera) == ""


def test_somebody_elses_contact_is_a_message_and_verifies_nothing(
    inbox: Inbox, vera: User, gleb: User, settings: Settings
) -> None:
    settings.ASK_PHONE = True
    inbox.says(vera, "Call my husband")
    forwarded = {"type": "hidden_user", "sender_user_name": "Vera", "date": 1_795_000_000}
    for fields in (contact(gleb), contact(None), {**contact(vera), "forward_origin": forwarded}, contact(vera, "12")):
        inbox.says(vera, **fields)
    assert phone_of(vera) == phone_of(gleb) == ""
    assert Ticket.objects.get().messages.filter(kind="contact").count() == 4
    assert sum("was not taken as your phone number" in told for told in inbox.told(vera)) == 1, "once"
    assert keyboards(inbox, vera)[-1]["keyboard"], "the question stands"
    inbox.says(vera, **contact(vera))
    assert phone_of(vera) == "+79001234567"
    assert keyboards(inbox, vera)[-1] == {"remove_keyboard": True}
    assert Ticket.objects.get().messages.filter(kind="contact").count() == 4


def test_somebody_elses_contact_that_answers_no_question_is_passed_on_without_a_word(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, **contact(None))
    assert Ticket.objects.get().messages.filter(kind="contact").count() == 1
    assert not any("was not taken" in told for told in inbox.told(vera))


def test_who_declines_is_left_in_peace(inbox: Inbox, vera: User, settings: Settings) -> None:
    settings.ASK_PHONE = True
    inbox.says(vera, "It burns")
    inbox.says(vera, "Not now")
    assert keyboards(inbox, vera)[-1] == {"remove_keyboard": True}
    inbox.says(vera, "/new Another matter")
    assert len(keyboards(inbox, vera)) == 2
    inbox.says(vera, "Not now")
    assert Message.objects.filter(text="Not now").count() == 1, "words again, since nothing was asked"


def test_a_contact_that_nobody_asked_for_is_verified_and_stays_in_the_conversation(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "It burns")
    assert keyboards(inbox, vera) == [], "no desk asks by itself"
    inbox.says(vera, **contact(vera))
    assert phone_of(vera) == "+79001234567"
    assert Ticket.objects.get().messages.filter(kind="contact").count() == 1


def test_the_command_asks_shows_and_forgets(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "/phone")
    inbox.says(vera, **contact(vera))
    inbox.says(vera, "/phone")
    assert "+79001234567" in inbox.told(vera)[-1]
    inbox.presses(vera, inbox.last_buttons(vera)["Forget my phone number"])
    assert phone_of(vera) == ""


@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("answer", ["Not now", "contact"])
def test_the_question_stands_for_a_quarter_of_an_hour_or_until_the_desk_answers(
    inbox: Inbox, vera: User, anna: User, settings: Settings, answered: bool, answer: str
) -> None:
    settings.ASK_PHONE = True
    inbox.says(vera, "It burns")
    with time_machine.travel(clock.now() + timedelta(minutes=1 if answered else 16), tick=True):
        if answered:
            a_reply_by(anna, Ticket.objects.get(), "May our engineer come now?")
            inbox.work()
        answering = contact(vera) if answer == "contact" else {"text": answer}
        inbox.says(vera, date=int(clock.now().timestamp()), **answering)
    last = Ticket.objects.get().messages.order_by("sequence").last()
    assert last is not None
    assert (last.author, last.kind) == (vera, "contact" if answer == "contact" else "text")
    assert last.text != "It burns"
    assert phone_of(vera) == ("+79001234567" if answer == "contact" else "")


def test_an_answer_that_was_given_in_time_and_waited_for_the_bot_is_one(
    inbox: Inbox, vera: User, settings: Settings
) -> None:
    settings.ASK_PHONE = True
    inbox.says(vera, "It burns")
    inbox.put(inbox.update(message=inbox.message(vera, "Not now", date=int(clock.now().timestamp()))))
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        inbox.work()
    assert Ticket.objects.get().messages.count() == 1


@pytest.mark.parametrize(
    "line", ["{'phone_number': '+7 900 123-45-67'}", 'phone="79001234567"', "phone=+79001234567 x"]
)
def test_logs_hold_no_phone(line: str) -> None:
    assert "23-45" not in mask_secrets(line)
    assert "12345" not in mask_secrets(line)


def test_not_now_is_understood_though_the_language_was_changed_meanwhile(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "/phone")
    vera.language = "ru"
    vera.save()
    inbox.says(vera, "Not now")
    assert not Ticket.objects.exists()
    assert keyboards(inbox, vera)[-1] == {"remove_keyboard": True}
    inbox.says(vera, "Not now")
    assert Ticket.objects.get().subject == "Not now", "nobody asks any more"
