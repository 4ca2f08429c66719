"""A desk's own words: written by managers, checked, shown as customers see them, in use without a restart."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from accounts import clock
from accounts.errors import InvalidInput, PermissionDenied
from accounts.models import Language, User
from telegram_bot.models import BotText, TextKey
from telegram_bot.speech import texts, wording
from telegram_bot.speech.expectations import say_expectation
from telegram_bot.speech.wording import Wording, write_wording
from tests.support.desk import acting
from tests.support.inbox import Inbox
from tickets.models import Ticket, TicketStatus
from tickets.selectors.hours import Expectation
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests() -> Iterator[None]:
    wording.memory.forget()
    yield
    wording.memory.forget()


@pytest.fixture
def milas(mila: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    return client


def say(by: User, key: TextKey, text: str, language: Language = Language.ENGLISH) -> None:
    write_wording(actor=acting(by), wording=Wording(key=key, language=language, text=text))


def test_the_bot_greets_and_answers_in_the_desks_words(inbox: Inbox, mila: User, vera: User, anna: User) -> None:
    say(mila, TextKey.GREETING, "Hi {name}, this is <ACME> & sons")
    say(mila, TextKey.ARRIVED, "We have it under {number}")
    inbox.says(vera, "/start")
    assert inbox.told(vera)[-1] == "Hi Vera, this is &lt;ACME&gt; &amp; sons"
    inbox.says(vera, "It burns")
    ticket = Ticket.objects.get()
    assert f"We have it under {ticket.number}" in inbox.told(vera)[-1]
    assert "Your message has arrived" not in inbox.told(vera)[-1]
    say(mila, TextKey.CLOSED, "That was {number}.")
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    inbox.work()
    inbox.says(vera, f"/ticket {ticket.number}")
    assert f"That was {ticket.number}." in inbox.told(vera)[-1]


def test_another_language_keeps_the_built_in_words(inbox: Inbox, mila: User, vera: User) -> None:
    say(mila, TextKey.GREETING, "Здравствуйте, {name}", Language.RUSSIAN)
    inbox.says(vera, "/start")
    assert "Hello, Vera!" in inbox.told(vera)[-1]
    User.objects.filter(pk=vera.pk).update(language="ru")
    inbox.says(vera, "/start")
    assert inbox.told(vera)[-1] == "Здравствуйте, Vera"


def test_out_of_hours_it_is_said_when_the_desk_is_back(mila: User) -> None:
    say(mila, TextKey.OUT_OF_HOURS, "We sleep until {when}")
    closed = Expectation(is_open=False, opens_at=clock.now() + timedelta(days=2), within=timedelta(hours=1))
    with translation.override("en"):
        said = say_expectation(closed)
    assert said.startswith("We sleep until on ")
    assert said.endswith("From then on we usually answer within 1 hour.")


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001, "Done: {score}", "{number} {__class__}", "\x00"])
def test_what_cannot_be_said_is_refused(mila: User, text: str) -> None:
    with pytest.raises(InvalidInput):
        say(mila, TextKey.RESOLVED, text)
    assert not BotText.objects.exists()


@pytest.mark.parametrize(
    "written",
    ["{}", "{ number }", "{number }", "{{number}}", "{number!r}", "{number:>5}", "{ticket-number}", "{number.real}",
     "{number", "number}", "{number}}", "{\nnumber}", "}"],
)  # fmt: skip
def test_what_was_meant_as_a_placeholder_and_is_none_is_refused_and_named(mila: User, written: str) -> None:
    with pytest.raises(InvalidInput) as refused, translation.override("en"):
        say(mila, TextKey.RATED, f"{{score}} for {written}")
    assert f"Nothing stands for {written} here." in str(refused.value)
    assert "There is, written just so: {number}, {score}" in str(refused.value)
    assert not BotText.objects.exists()


def test_a_change_in_another_process_is_seen_within_seconds(mila: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(wording.time, "monotonic", lambda: now[0])
    say(mila, TextKey.RATED, "Merci for {score}")
    with translation.override("en"):
        assert texts.render("ticket_rated", number=7, score=5).startswith("Merci for 5")
        BotText.objects.update(text="Thanks for {score}")
        assert texts.render("ticket_rated", number=7, score=5).startswith("Merci"), "remembered"
        now[0] += 11
        assert texts.render("ticket_rated", number=7, score=5).startswith("Thanks for 5")


def test_managers_word_them_in_the_admin_and_agents_do_not(milas: Client, anna: User) -> None:
    with pytest.raises(PermissionDenied):
        say(anna, TextKey.RATED, "Thanks")
    address = "/admin/telegram_bot/bottext/"
    page = milas.get(f"{address}add/").content.decode()
    assert "We believe that ticket <b>#12</b> is done." in page, "what is said now, to begin from"
    form = {"key": "rated", "language": "en", "text": "Thanks for {stars}"}
    assert (
        "Nothing stands for {stars} here. There is, written just so: {number}, {score}"
        in milas.post(f"{address}add/", form).content.decode()
    )
    milas.post(f"{address}add/", {**form, "text": "Thanks for {score}, #{number}!"})
    row = BotText.objects.get()
    assert "Thanks for 5, #12!" in milas.get(f"{address}{row.pk}/change/").content.decode()
    assert "already exists" in milas.post(f"{address}add/", {**form, "text": "Twice"}).content.decode()
    milas.post(f"{address}{row.pk}/change/", {"text": "Merci for {score}"})
    with translation.override("en"):
        assert texts.render("ticket_rated", number=7, score=4).startswith("Merci for 4")
        milas.post(f"{address}{row.pk}/delete/", {"post": "yes"})
        assert texts.render("ticket_rated", number=7, score=4).startswith("Thank you!")


@pytest.mark.parametrize("language", Language.values)
def test_every_text_has_an_example_of_its_own_words(mila: User, language: str) -> None:
    from telegram_bot.admin.wording import show_example

    for key in TextKey:
        before = show_example(key, language)
        say(mila, key, "Our own words", Language(language))
        assert "Our own words" in show_example(key, language) != before
