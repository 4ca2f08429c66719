"""Commands and buttons."""

from datetime import timedelta
from html import unescape
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts import clock
from accounts.actors import Source
from accounts.models import Role, User
from accounts.text_cleaning import utf16_length
from telegram_bot.customer_chat.menus import list_commands
from telegram_bot.delivery.rendering import Request, render_call
from telegram_bot.handlers import commands
from telegram_bot.models import Chat, OutgoingCall, Update
from telegram_bot.speech.callback_data import Action, ForgedButton, build, parse
from telegram_bot.speech.texts import render
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.inbox import JSON, Inbox
from tests.telegram_bot.test_conversation import PHOTO
from tickets.models import Category, Message, Ticket, TicketStatus
from tickets.services.workflow import change_status


@pytest.fixture
def printers(db: None) -> Category:
    return Category.objects.create(name_ru="Принтеры", name_en="Printers")


def test_start_greets_in_the_persons_language(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "/start")
    assert "Vera" in inbox.told(vera)[0]


def test_start_with_a_payload_shows_the_ticket(inbox: Inbox, vera: User, gleb: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.work()
    inbox.says(vera, f"/start ticket_{ticket.number}")
    assert ticket.subject in inbox.told(vera)[-1]
    inbox.says(gleb, f"/start ticket_{ticket.number}")
    assert ticket.subject not in inbox.told(gleb)[-1]


def test_start_with_a_category_opens_the_next_ticket_in_it(inbox: Inbox, vera: User, printers: Category) -> None:
    a_ticket_of(vera, "Another matter")
    inbox.work()
    inbox.says(vera, f"/start category_{printers.pk}")
    assert "Printers" in inbox.told(vera)[-1]
    inbox.says(vera, "It burns")
    inbox.says(vera, "And smokes")
    ticket = Ticket.objects.get(category=printers)
    assert ticket.messages.count() == 2
    inbox.says(vera, "/new")
    inbox.says(vera, "Something else")
    assert Ticket.objects.get(subject="Something else").category is None


def test_a_category_that_is_gone_stops_nobody(inbox: Inbox, vera: User, printers: Category) -> None:
    inbox.says(vera, f"/start category_{printers.pk}")
    Category.objects.update(is_active=False)
    inbox.says(vera, "It burns")
    assert Ticket.objects.get().category is None
    inbox.says(vera, f"/start category_{printers.pk}")
    assert "Hello, Vera" in inbox.told(vera)[-1]
    inbox.says(vera, "It burns still")
    assert Ticket.objects.count() == 1, "a plain start"


@pytest.mark.parametrize(
    "payload",
    [
        "x" * 64,
        "category_",
        "category_1",
        f"category_{'0' * 36}",
        "ticket_",
        "ticket_999999999999999999",
        "ticket_-1",
        "../../etc",
    ],
)
def test_a_forged_payload_does_no_harm(inbox: Inbox, vera: User, payload: str) -> None:
    inbox.says(vera, f"/start {payload}")
    assert [row.state for row in inbox.rows()] == ["done"]
    assert len(inbox.told(vera)) == 1


def test_new_opens_a_second_ticket_with_the_next_message(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    inbox.says(vera, "/new")
    inbox.says(vera, "Second")
    inbox.says(vera, "More of the second")
    second = Ticket.objects.get(subject="Second")
    assert list(second.messages.order_by("sequence").values_list("text", flat=True)) == ["Second", "More of the second"]


def test_new_with_words_opens_it_at_once(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    inbox.says(vera, "/new The lift is stuck")
    assert Ticket.objects.filter(subject="The lift is stuck").exists()


def test_cancel_forgets_what_was_begun(inbox: Inbox, vera: User) -> None:
    ticket = a_ticket_of(vera, "First")
    inbox.says(vera, "/new")
    inbox.says(vera, "/cancel")
    inbox.says(vera, "To the first")
    assert ticket.messages.count() == 2


def test_close_resolves_the_only_ticket_and_says_so(inbox: Inbox, vera: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(vera, "/close")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    assert "Status: Resolved" in inbox.told(vera)[-1]
    inbox.says(vera, "/close")
    assert "no open ticket" in inbox.told(vera)[-1]


def test_a_status_is_called_for_the_customer_what_the_mini_app_calls_it(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.OPEN)
    inbox.work()
    for command in ("/tickets", f"/ticket {ticket.number}"):
        inbox.says(vera, command)
        assert "In progress" in inbox.told(vera)[-1]
    inbox.says(anna, f"/ticket {ticket.number}")
    assert "Status: Open" in inbox.told(anna)[-1]


def test_close_asks_which_of_several(inbox: Inbox, vera: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "/close")
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{second.number} Second"])
    assert set(Ticket.objects.filter(status=TicketStatus.RESOLVED)) == {second}
    inbox.says(vera, f"/close {first.number}")
    assert Ticket.objects.filter(status=TicketStatus.RESOLVED).count() == 2


@pytest.mark.parametrize("command", ["/tickets", "/close"])
def test_of_many_tickets_as_many_are_named_as_have_buttons_and_more_leads_around(
    inbox: Inbox, vera: User, command: str
) -> None:
    tickets = [a_ticket_of(vera, f"Matter {number}") for number in range(20)]
    inbox.work()  # their cards
    inbox.says(vera, command)
    text, buttons, seen = inbox.told(vera)[-1], inbox.last_buttons(vera), []
    assert "/ticket 12" in text or "/close 12" in text
    for _page in range(4):
        offered = [name for name in buttons if name != "More…"]
        assert command == "/close" or [name for name in offered if name not in text] == []
        seen.append(offered)
        inbox.presses(vera, buttons["More…"], message_id=900)
        changed = inbox.owed(vera, "editMessageText")[-1].params
        text, rows = changed["text"], changed["reply_markup"]["inline_keyboard"]
        buttons = {row[0]["text"]: row[0]["callback_data"] for row in rows}
    assert [len(page) for page in seen] == [8, 8, 4, 8]
    assert seen[3] == seen[0]
    assert len({name for page in seen for name in page}) == len(tickets)


def test_of_seventy_open_tickets_every_one_can_be_meant(inbox: Inbox, vera: User) -> None:
    tickets = [a_ticket_of(vera, f"{number} {'a long story ' * 8}") for number in range(70)]
    inbox.says(vera, "It still burns")
    assert [row.state for row in inbox.rows()] == ["held"], inbox.rows()[0].last_error
    buttons = inbox.last_buttons(vera)
    assert list(buttons)[-2:] == ["More…", "New ticket"]
    oldest = f"#{tickets[0].number} "
    for _page in range(8):
        inbox.presses(vera, buttons["More…"], message_id=900)
        rows = inbox.owed(vera, "editMessageText")[-1].params["reply_markup"]["inline_keyboard"]
        buttons = {row[0]["text"]: row[0]["callback_data"] for row in rows}
    inbox.presses(vera, next(data for name, data in buttons.items() if name.startswith(oldest)), message_id=900)
    assert Message.objects.get(text="It still burns").ticket == tickets[0]


@pytest.mark.parametrize("word", ["<b>fire & smoke</b> ", "🔥"])
def test_a_text_that_is_too_long_for_telegram_is_cut(word: str) -> None:
    text = render("refused", error=word * 3000)
    assert text.endswith("…")
    parsed = unescape(text)
    assert parsed.startswith(word)
    assert 1000 < utf16_length(parsed) <= 4096
    lines = [SimpleNamespace(mark=f"#{number}", subject=word * 5) for number in range(400)]
    text = render("which_ticket", tickets=lines)
    assert text.splitlines()[-1] == "…"
    assert text.splitlines()[20].startswith("#19 ")
    assert utf16_length(text) <= 4096


def test_a_ticket_of_somebody_else_cannot_be_shown_or_closed(inbox: Inbox, vera: User, gleb: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(gleb, f"/ticket {ticket.number}")
    inbox.says(gleb, f"/close {ticket.number}")
    inbox.presses(gleb, build(Action.CLOSE_TICKET, ticket.pk))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW
    assert not any(ticket.subject in text for text in inbox.told(gleb))


def test_an_agent_cannot_close_for_the_customer_by_a_forged_button(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.presses(anna, build(Action.CLOSE_TICKET, ticket.pk))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.NEW


def test_the_category_buttons_change_the_ticket_and_the_press_is_answered(
    inbox: Inbox, vera: User, printers: Category
) -> None:
    inbox.says(vera, "It burns")
    query = inbox.presses(vera, build(Action.SET_CATEGORY, Ticket.objects.get().pk, printers.pk))
    assert Ticket.objects.get().category == printers
    answer = inbox.owed(method="answerCallbackQuery")[-1]
    assert answer.params["callback_query_id"] == query
    assert answer.expires_at is not None
    assert answer.queue is None
    assert "Printers" in answer.params["text"]
    assert "Topic: Printers" in inbox.told(vera)[0]


def test_somebody_elses_category_button_is_refused(inbox: Inbox, vera: User, gleb: User, printers: Category) -> None:
    ticket = a_ticket_of(vera)
    inbox.presses(gleb, build(Action.SET_CATEGORY, ticket.pk, printers.pk))
    assert Ticket.objects.get().category is None
    assert inbox.owed(method="answerCallbackQuery")[-1].params["show_alert"] is True


def test_the_language_changes_at_once(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "/language")
    inbox.presses(vera, inbox.last_buttons(vera)["Русский"])
    vera.refresh_from_db()
    assert vera.language == "ru"
    assert inbox.owed(method="setMyCommands"), "the chat's menu follows"


def test_agents_see_the_inbox_and_take_from_it(inbox: Inbox, vera: User, anna: User, boris: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(anna, "/inbox")
    assert ticket.subject in inbox.told(anna)[-1]
    inbox.presses(anna, inbox.last_buttons(anna)[f"Take #{ticket.number}"])
    inbox.says(boris, f"/take {ticket.number}")
    ticket.refresh_from_db()
    assert ticket.assignee == anna
    assert "already" in inbox.told(boris)[-1]
    assert any("Anna" in text for text in inbox.told(vera)), "the customer is told who looks after it"


@pytest.mark.parametrize(
    "command", ["/inbox", "/take 1", "/available", "/away", "/note 1 x", "/note", "/role", "/health", "/stats"]
)
def test_customers_may_not_use_agents_commands(inbox: Inbox, vera: User, command: str) -> None:
    inbox.says(vera, command)
    assert inbox.rows()[0].outcome == "refused"
    assert len(inbox.told(vera)) == 1


def test_agents_say_whether_they_are_there(inbox: Inbox, anna: User) -> None:
    inbox.says(anna, "/away")
    anna.refresh_from_db()
    assert anna.availability == "away"


def test_an_unknown_command_alone_gets_a_hint_and_with_words_is_a_message(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "/strat")
    assert "/help" in inbox.told(vera)[-1]
    assert not Ticket.objects.exists()
    inbox.says(vera, "/etc/hosts is broken")
    assert Ticket.objects.get().subject == "/etc/hosts is broken"


def test_a_staff_members_menu_is_set_once(inbox: Inbox, anna: User) -> None:
    inbox.says(anna, "/help")
    inbox.says(anna, "/help")
    calls = inbox.owed(method="setMyCommands")
    assert len(calls) == 1
    assert "inbox" in [one["command"] for one in calls[0].params["commands"]]


FORGED = [
    "", "1", "1:", "2:n", "1:n:x", "1:c", "1:c:AAAA", "1:t:" + "A" * 22 + ":" + "A" * 22, "1:l", "1:l:fr", "1:l:ru:en",
    "1:t:" + "A" * 21 + "!", "1:t:" + "A" * 21 + "B", "1:zz", "x" * 65, "🔥" * 17, "1:t:\x00", "1:t:\ud800",
    "1:t:00000000-0000-0000-0000-000000000000",
]  # fmt: skip


@pytest.mark.parametrize("data", FORGED)
def test_forged_callback_data_is_no_button(data: str) -> None:
    with pytest.raises(ForgedButton):
        parse(data)


@pytest.mark.parametrize("data", FORGED[1:])
def test_a_forged_press_is_answered_and_does_nothing(inbox: Inbox, vera: User, data: str) -> None:
    inbox.presses(vera, data)
    assert (inbox.rows()[0].state, inbox.rows()[0].outcome) == ("done", "refused")
    assert [call.method for call in inbox.owed(method="answerCallbackQuery")] == ["answerCallbackQuery"]


def test_every_button_fits_into_64_bytes(vera: User, printers: Category) -> None:
    ticket = a_ticket_of(vera)
    data = build(Action.SET_CATEGORY, ticket.pk, printers.pk)
    assert len(data.encode()) <= 64
    assert parse(data).ids == (ticket.pk, printers.pk)


def test_a_manager_gets_a_button_into_the_back_office_that_no_table_holds(
    inbox: Inbox, mila: User, anna: User, client: Client
) -> None:
    inbox.says(anna, "/admin")
    assert "role does not allow" in inbox.told(anna)[-1]
    inbox.says(mila, "/admin")
    call = inbox.owed(mila, "sendMessage")[-1]
    assert "token=" not in str(call.params)
    assert call.expires_at is not None
    request = render_call(call)
    assert isinstance(request, Request)
    button = request.params["reply_markup"]["inline_keyboard"][0][0]
    assert "Mila" in client.get(button["url"]).content.decode()


def test_a_note_goes_into_the_named_ticket_or_the_one_replied_to_and_never_to_the_customer(
    inbox: Inbox, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera)
    inbox.work()
    before = len(inbox.told(vera))
    inbox.says(anna, "/note")
    assert "/note 12" in inbox.told(anna)[-1]
    note = inbox.says(anna, f"/note #{ticket.number} Calls every week")
    inbox.put(inbox.update(message=note))  # again, under another number
    inbox.work()
    inbox.arrived(anna, inbox.owed(anna, "sendMessage")[-1], 9001)
    reply = {"message_id": 9001, "date": 1_795_000_000, "chat": note["chat"], "text": "Noted"}
    inbox.says(anna, "/note and on Sundays", reply_to_message=reply)
    inbox.edits(anna, note, f"/note #{ticket.number} Calls every day")
    notes = ticket.messages.filter(internal=True).order_by("sequence")
    assert list(notes.values_list("text", flat=True)) == ["Calls every day", "and on Sundays"]
    assert len(inbox.told(vera)) == before


def a_notice_about(inbox: Inbox, agent: User, ticket: Ticket) -> JSON:
    """A message of the bot in the agent's chat that belongs to the ticket, as what they reply to."""
    inbox.says(agent, f"/ticket {ticket.number}")
    inbox.arrived(agent, inbox.owed(agent, "sendMessage")[-1], 9001)
    return {"message_id": 9001, "date": 1_795_000_000, "chat": {"id": agent.telegram_id, "type": "private"}}


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "// He lies"},
        {"text": "//He lies"},
        {"photo": PHOTO, "caption": "/note He lies"},
        {"photo": PHOTO, "caption": "// He lies"},
    ],
)
def test_what_an_agent_replies_behind_two_slashes_stays_among_staff(
    inbox: Inbox, vera: User, anna: User, fields: JSON
) -> None:
    ticket = a_ticket_of(vera)
    reply = a_notice_about(inbox, anna, ticket)
    before = len(inbox.owed(vera))
    said = inbox.says(anna, **fields, reply_to_message=reply)
    note = ticket.messages.get(internal=True)
    assert (note.text, note.attachments.count()) == ("He lies", int("photo" in fields))
    assert "Only staff see it" in inbox.told(anna)[-1]
    changed = {name: value.replace("lies", "is right") for name, value in fields.items() if name != "photo"}
    inbox.put(inbox.update(edited_message={**said, **changed, "edit_date": 1_795_000_100}))
    inbox.work()
    note.refresh_from_db()
    assert note.text == "He is right"
    inbox.says(anna, f"// #{ticket.number} By its number")
    inbox.says(anna, "// To nobody")
    assert "/note 12" in inbox.told(anna)[-1]
    assert ticket.messages.filter(internal=True).last().text == "By its number"
    assert ticket.messages.filter(internal=False).count() == 1
    assert len(inbox.owed(vera)) == before


def test_a_note_may_be_a_picture_alone_and_an_album(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    reply = a_notice_about(inbox, anna, ticket)
    before = len(inbox.owed(vera))
    inbox.says(anna, photo=PHOTO, caption="//", reply_to_message=reply)
    inbox.says(anna, photo=PHOTO, caption="/note", media_group_id="7", reply_to_message=reply)
    inbox.says(anna, photo=PHOTO, media_group_id="7", reply_to_message=reply)
    assert [note.attachments.count() for note in ticket.messages.filter(internal=True).order_by("sequence")] == [1, 2]
    inbox.says(anna, photo=PHOTO, caption="/note")  # about no ticket
    assert ticket.messages.count() == 3
    assert len(inbox.owed(vera)) == before


def test_two_slashes_of_a_customer_are_their_words(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "// says your page")
    assert Ticket.objects.get().messages.get().text == "// says your page"


def test_new_below_a_photo_opens_a_ticket_with_it(inbox: Inbox, vera: User) -> None:
    first = a_ticket_of(vera, "First")
    said = inbox.says(vera, photo=PHOTO, caption="/new The lift is stuck")
    opened = Ticket.objects.get(subject="The lift is stuck").messages.get()
    assert (opened.text, opened.kind, opened.attachments.count()) == ("The lift is stuck", "photo", 1)
    edited = {**said, "caption": "/new Both lifts are stuck", "edit_date": 1_795_000_100}
    inbox.put(inbox.update(edited_message=edited))
    inbox.work()
    opened.refresh_from_db()
    assert opened.text == "Both lifts are stuck"
    inbox.says(vera, photo=PHOTO, caption="/new")
    inbox.says(vera, photo=PHOTO, caption="/help is what the page shows")
    assert first.messages.count() == 1
    newest = Ticket.objects.order_by("number").last()
    assert [message.text for message in newest.messages.order_by("sequence")] == ["", "/help is what the page shows"]


def test_the_edit_of_a_new_ticket_drops_the_command_again(inbox: Inbox, vera: User) -> None:
    message = inbox.says(vera, "/new The lift is stuck")
    inbox.edits(vera, message, "/new Both lifts are stuck")
    assert list(Ticket.objects.get().messages.values_list("text", flat=True)) == ["Both lifts are stuck"]


def test_an_administrator_gives_a_role_by_the_telegram_id_and_the_person_is_told(
    inbox: Inbox, adam: User, vera: User, mila: User
) -> None:
    inbox.says(vera, "/help")
    inbox.says(mila, f"/role {vera.telegram_id} agent")
    vera.refresh_from_db()
    assert vera.role == "customer", "managers may not"
    inbox.says(adam, "/role")
    assert f"<code>{mila.telegram_id}</code> Mila" in inbox.told(adam)[-1]
    inbox.says(adam, f"/role {vera.telegram_id} agent")
    vera.refresh_from_db()
    assert vera.role == "agent"
    assert "Vera: Agent" in inbox.told(adam)[-1]
    assert "Agent" in inbox.told(vera)[-1]
    menu = [one["command"] for one in inbox.owed(method="setMyCommands")[-1].params["commands"]]
    assert {"inbox", "note"} <= set(menu)
    assert "role" not in menu
    for wrong in ("/role 999 agent", f"/role {adam.telegram_id} agent", "/role @vera admin"):
        inbox.says(adam, wrong)
    adam.refresh_from_db()
    assert adam.role == "admin"


def test_health_names_what_waits_and_what_was_given_up(inbox: Inbox, adam: User, vera: User) -> None:
    a_ticket_of(vera)
    inbox.says(adam, "/health")
    text = inbox.told(adam)[-1]
    assert "Tickets that nobody has: 1" in text
    assert "Outbox waits:" in text
    adam.language = "ru"
    adam.save()
    inbox.says(adam, "/health")
    assert "Обращения, которых никто не взял: 1" in inbox.told(adam)[-1]


def test_a_manager_sees_the_figures_of_today_and_of_seven_days_in_their_language(
    inbox: Inbox, mila: User, anna: User, vera: User
) -> None:
    noon = clock.now().replace(hour=12, minute=0)
    asked = {}
    for name, at in (("old", noon - timedelta(days=9)), ("earlier", noon - timedelta(days=3)), ("now", noon)):
        with clock.standing_at(at):
            asked[name] = a_ticket_of(vera)
    for name, minutes in (("old", 1), ("earlier", 90), ("now", 30)):
        with clock.standing_at(asked[name].created_at + timedelta(minutes=minutes)):
            a_reply_by(anna, asked[name])
    with clock.standing_at(noon + timedelta(hours=1)):
        change_status(actor=acting(anna), ticket=asked["now"].pk, status=TicketStatus.RESOLVED)
        a_ticket_of(vera)
        inbox.says(anna, "/stats")
        assert "role does not allow" in inbox.told(anna)[-1]
        inbox.says(mila, "/stats")
    text = inbox.told(mila)[-1]
    today, week = text.split("Seven days")
    for part, opened, median in ((today, 2, "0:30"), (week, 3, "1:00")):
        assert f"Opened: {opened}\nResolved: 1\nAnswered of those opened: {opened - 1}" in part
        assert part.count(f": {median}") == 1
    mila.language = "ru"
    mila.save()
    inbox.says(mila, "/stats")
    assert "Сегодня" in inbox.told(mila)[-1]


def test_every_command_but_the_greeting_is_offered_to_somebody() -> None:
    assert {one["command"] for one in list_commands(Role.ADMIN)} == commands._COMMANDS.keys() - {"start"}
    assert "ticket" in {one["command"] for one in list_commands(Role.CUSTOMER)}


@pytest.mark.parametrize(
    "line",
    [
        "/cancel my order",
        "/help me, please",
        "/start I want to order",
        "/ticket for the lift",
        "/close the door",
        "/inbox is full",
    ],
)
def test_words_behind_a_command_that_takes_none_are_a_message(inbox: Inbox, vera: User, line: str) -> None:
    inbox.says(vera, line)
    assert Message.objects.get().text == line


@pytest.mark.parametrize("line", ["/start campaign_7", "/cancel", "/close №12345", "/ticket #12345"])
def test_what_a_command_takes_is_no_message(inbox: Inbox, vera: User, line: str) -> None:
    inbox.says(vera, line)
    assert not Message.objects.exists()
    assert inbox.told(vera), "and is answered"


def test_new_keeps_links_and_formatting_and_so_does_its_edit(inbox: Inbox, vera: User) -> None:
    marks = [
        {"type": "bold", "offset": 6, "length": 3},
        {"type": "text_link", "offset": 10, "length": 4, "url": "https://example.com/"},
    ]
    told = inbox.says(vera, "/new  The lift", entities=marks)
    message = Message.objects.get()

    def kept() -> list[tuple[str, int, int]]:
        message.refresh_from_db()
        return [(one["type"], one["offset"], one["length"]) for one in message.entities]

    assert (message.text, kept()) == ("The lift", [("bold", 0, 3), ("text_link", 4, 4)])
    inbox.edits(vera, {**told, "entities": [{"type": "italic", "offset": 0, "length": 16}]}, "/new  🔥 The lift")
    assert kept() == [("italic", 0, 10)], "as far as it is about the words"


def test_notes_keep_their_formatting(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    number = f"// {ticket.number} "
    inbox.says(anna, f"{number}A cat", entities=[{"type": "bold", "offset": len(number) + 2, "length": 3}])
    note = Message.objects.get(internal=True)
    assert (note.text, note.entities) == ("A cat", [{"type": "bold", "offset": 2, "length": 3}])


def test_cancel_keeps_what_waits_for_a_choice_and_says_where(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    second = a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    assert Update.objects.latest("id").state == "held"
    inbox.says(vera, "/cancel")
    assert f"it goes into ticket #{second.number}" in "\n".join(inbox.told(vera))
    assert [one.text for one in second.messages.order_by("sequence")] == ["Second", "Which one am I?"]


def test_a_ticket_of_the_companys_own_account_is_shown_and_not_chosen_here(
    inbox: Inbox, vera: User, anna: User
) -> None:
    there, here = a_ticket_of(vera, "The parcel"), a_ticket_of(vera, "The bill")
    Ticket.objects.filter(pk=there.pk).update(source=Source.BUSINESS)
    inbox.work()
    inbox.says(vera, f"/ticket {there.number}")
    card = inbox.told(vera)[-1]
    assert "The parcel" in card
    assert "company's own account: write there" in card
    assert "answer you here" not in card
    assert build(Action.CHOOSE_TICKET, there.pk) not in str([one.params for one in inbox.deliver(vera)])
    inbox.presses(vera, build(Action.CHOOSE_TICKET, there.pk))  # of a card that was shown before
    (answer,) = inbox.owed(method="answerCallbackQuery")
    assert f"Ticket #{there.number} goes on in your chat with the company's own account" in answer.params["text"]
    assert Chat.objects.get(person=vera).chosen_ticket is None
    change_status(actor=acting(anna), ticket=here.pk, status=TicketStatus.OPEN)
    inbox.says(vera, "/close")
    for ticket in (there, here):
        ticket.refresh_from_db()
    assert (there.status, here.status) == (TicketStatus.NEW, TicketStatus.RESOLVED), "the only one that goes on here"


@pytest.mark.parametrize(("client", "has_own"), [("uk", True), ("ru", False), ("en-GB", False), ("de", False)])
def test_who_is_spoken_to_in_another_language_than_their_menu_gets_one_of_their_own(
    inbox: Inbox, client: str, has_own: bool
) -> None:
    """Telegram shows those whose own language has no list the English one."""
    account = {"id": 5005, "is_bot": False, "first_name": "Olha", "language_code": client}
    chat = {"id": 5005, "type": "private", "first_name": "Olha"}
    inbox.put(inbox.update(message={"message_id": 1, "date": 1, "from": account, "chat": chat, "text": "Hello"}))
    inbox.work()
    lists = OutgoingCall.objects.filter(method="setMyCommands", params__scope__chat_id=5005)
    assert [one.params["commands"][0]["description"] for one in lists] == ["Новое обращение"] * has_own


def test_with_the_language_the_cards_of_what_is_going_on_change_too(inbox: Inbox, vera: User, anna: User) -> None:
    for text in ("First", "Second", "Third"):
        inbox.says(vera, f"/new {text}")
    change_status(actor=acting(anna), ticket=Ticket.objects.get(subject="Third").pk, status=TicketStatus.CLOSED)
    inbox.work()
    inbox.deliver(vera)
    inbox.presses(vera, build(Action.SET_LANGUAGE, word="ru"))
    edited = [one.params["text"] for one in inbox.deliver(vera) if one.method == "editMessageText"]
    cards = [text for text in edited if "Статус" in text]
    assert len(cards) == 2, edited


def test_an_edit_in_an_agents_own_chat_makes_no_note_of_an_answer_and_no_answer_of_a_note(
    inbox: Inbox, vera: User, anna: User
) -> None:
    ticket = a_ticket_of(vera)
    notice = a_notice_about(inbox, anna, ticket)
    answer = inbox.says(anna, "Turn it off", reply_to_message=notice)
    note = inbox.says(anna, "// He lies", reply_to_message=notice)
    before = len(inbox.owed(vera))
    inbox.edits(anna, answer, "// He lies, I say")
    assert "an edit makes no note" in inbox.told(anna)[-1]
    inbox.edits(anna, note, "Please restart it")
    assert "an edit makes no answer" in inbox.told(anna)[-1]
    written = ticket.messages.order_by("sequence").values_list("text", "internal")
    assert list(written)[1:] == [("Turn it off", False), ("He lies", True)]
    assert len(inbox.owed(vera)) == before
    inbox.edits(anna, note, "// He does not lie")
    assert list(written.all())[2:] == [("He does not lie", True)]
    assert len(inbox.owed(vera)) == before
