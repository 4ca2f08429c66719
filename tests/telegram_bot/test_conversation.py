"""What a customer writes to the bot, and which ticket it goes to."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts import clock
from accounts.models import User
from telegram_bot.customer_chat.held import release_overdue
from telegram_bot.handlers.incoming_files import message_key
from telegram_bot.models import MessageLink, OutgoingCall, Update, UpdateState
from telegram_bot.speech.callback_data import Action, build
from tests.support.desk import a_reply_by, a_ticket_of, acting, event_types
from tests.support.inbox import Inbox
from tickets.events.replay import find_differences
from tickets.models import Attachment, AttachmentFailure, AttachmentState, Message, Ticket, TicketStatus
from tickets.services.conversation import delete_message
from tickets.services.merging import merge_ticket
from tickets.services.workflow import change_status

POINT = {"latitude": 55.7, "longitude": 37.6}
PHOTO = [
    {"file_id": "small", "file_unique_id": "s", "width": 90, "height": 60, "file_size": 1000},
    {"file_id": "large", "file_unique_id": "l", "width": 900, "height": 600, "file_size": 90_000},
]


def texts_in(ticket: Ticket) -> list[str]:
    return list(ticket.messages.order_by("sequence").values_list("text", flat=True))


def test_the_first_message_opens_a_ticket_without_a_category(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "The printer is on fire\nIt really is")
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.customer, ticket.category, ticket.source) == (
        "The printer is on fire", vera, None, "telegram",
    )  # fmt: skip
    assert f"#{ticket.number}" in inbox.told(vera)[0]


def test_a_burst_of_messages_is_one_ticket(inbox: Inbox, vera: User) -> None:
    inbox.put(*(inbox.update(message=inbox.message(vera, text)) for text in ("Hello", "I have", "a problem")))
    inbox.work()
    assert texts_in(Ticket.objects.get()) == ["Hello", "I have", "a problem"]


def test_a_reply_goes_to_the_ticket_of_the_message_that_it_answers(inbox: Inbox, vera: User, anna: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    answer = a_reply_by(anna, first, "About the first")
    inbox.work()
    call = next(call for call in inbox.owed(vera, "sendMessage") if call.message == answer.pk)
    inbox.arrived(vera, call, 900)
    inbox.says(
        vera, "Thank you", reply_to_message={"message_id": 900, "date": 1, "chat": {"id": 501, "type": "private"}}
    )
    assert texts_in(first)[-1] == "Thank you"
    assert Message.objects.get(text="Thank you").reply_to == answer
    assert texts_in(second) == ["Second"]


def test_with_several_tickets_and_no_hint_the_message_waits_for_a_choice(inbox: Inbox, vera: User) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    inbox.says(vera, "And I?")
    assert [row.state for row in inbox.rows()] == [UpdateState.HELD, UpdateState.HELD]
    assert sum("Which one is this about" in text for text in inbox.told(vera)) == 1, "asked once for both"
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    assert texts_in(first) == ["First", "Which one am I?", "And I?"]
    inbox.says(vera, "The choice lasts")
    assert texts_in(first)[-1] == "The choice lasts"


def test_what_is_changed_while_it_waits_arrives_as_it_was_changed(inbox: Inbox, vera: User) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    wrong = inbox.says(vera, "Which oen am I?")
    inbox.edits(vera, wrong, "Which one am I?")
    assert [row.state for row in inbox.rows()] == [UpdateState.HELD, UpdateState.HELD]
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    assert texts_in(first) == ["First", "Which one am I?"]
    assert {row.state for row in inbox.rows()} == {UpdateState.DONE}


def test_a_held_message_may_open_a_new_ticket(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    a_ticket_of(vera, "Second")
    inbox.says(vera, "Something else")
    inbox.says(vera, "And more of it")
    inbox.presses(vera, inbox.last_buttons(vera)["New ticket"])
    assert texts_in(Ticket.objects.get(subject="Something else")) == ["Something else", "And more of it"]


def test_a_second_tap_of_new_ticket_opens_no_second_one(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    a_ticket_of(vera, "Second")
    inbox.says(vera, "Something else")
    button = inbox.last_buttons(vera)["New ticket"]
    inbox.presses(vera, button)
    inbox.presses(vera, button)
    inbox.says(vera, "And more of it")
    assert texts_in(Ticket.objects.latest("number")) == ["Something else", "And more of it"]
    assert Ticket.objects.count() == 3


def test_new_ticket_below_more_tickets_is_no_second_tap(inbox: Inbox, vera: User) -> None:
    tickets = [a_ticket_of(vera, f"Ticket {number}") for number in range(12)]
    inbox.says(vera, "/tickets")
    inbox.presses(vera, inbox.last_buttons(vera)["More…"])
    inbox.presses(vera, build(Action.NEW_TICKET))
    inbox.says(vera, "Something else")
    assert texts_in(Ticket.objects.latest("number")) == ["Something else"]
    assert Ticket.objects.count() == len(tickets) + 1


def test_without_a_choice_a_held_message_goes_to_the_newest_ticket_after_ten_minutes(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    second = a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    assert release_overdue(inbox.bot_id) == 0
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert release_overdue(inbox.bot_id) == 1
        inbox.work()
    assert texts_in(second) == ["Second", "Which one am I?"]


@pytest.mark.parametrize("choice", ["/ticket", "/start photo_", "card"])
def test_whichever_way_a_ticket_is_chosen_what_waits_goes_there_first(inbox: Inbox, vera: User, choice: str) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "Which one am I?")
    inbox.says(vera, "And I?")
    if choice == "card":
        inbox.presses(vera, build(Action.CHOOSE_TICKET, first.pk))
    else:
        inbox.says(vera, f"{choice}{first.number}" if choice.endswith("_") else f"{choice} {first.number}")
    inbox.says(vera, "Next")
    assert texts_in(first) == ["First", "Which one am I?", "And I?", "Next"]
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert release_overdue(inbox.bot_id) == 0


def test_what_waits_opens_the_ticket_that_new_asks_for(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "Something else")
    inbox.says(vera, "/new")
    assert "Your message opens a new ticket." in inbox.told(vera)
    inbox.says(vera, "And more of it")
    assert texts_in(Ticket.objects.get(subject="Something else")) == ["Something else", "And more of it"]


def test_what_waits_joins_the_ticket_that_new_opens_with_words(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, "It makes a noise")
    inbox.says(vera, "/new The lift")
    inbox.says(vera, "Since Monday")
    assert texts_in(Ticket.objects.get(subject="The lift")) == ["The lift", "It makes a noise", "Since Monday"]


def test_a_new_ticket_that_was_asked_for_outlasts_the_end_of_another(inbox: Inbox, vera: User, anna: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, f"/ticket {first.number}")
    change_status(actor=acting(anna), ticket=first.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, "/new")
    change_status(actor=acting(anna), ticket=second.pk, status=TicketStatus.RESOLVED)
    inbox.work()
    inbox.says(vera, "The lift is stuck")
    assert texts_in(Ticket.objects.get(subject="The lift is stuck")) == ["The lift is stuck"]


def test_an_answer_in_another_ticket_ends_the_choice(inbox: Inbox, vera: User, anna: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, f"/ticket {first.number}")
    a_reply_by(anna, second, "News")
    inbox.work()
    inbox.says(vera, "Oh!")
    assert inbox.rows()[-1].state == UpdateState.HELD


def test_what_is_written_to_a_closed_ticket_goes_on_in_a_new_one(inbox: Inbox, vera: User, anna: User) -> None:
    inbox.says(vera, "Old matter")
    old = Ticket.objects.get()
    opened = inbox.owed(vera, "sendMessage")[0]
    inbox.arrived(vera, opened, 900)
    change_status(actor=acting(anna), ticket=old.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, "Again", reply_to_message={"message_id": 900, "date": 1, "chat": {"id": 501, "type": "private"}})
    new = Ticket.objects.exclude(pk=old.pk).get()
    assert new.continues == old
    assert texts_in(new) == ["Again"]
    assert texts_in(old) == ["Old matter"]


def a_closed_ticket(inbox: Inbox, vera: User, anna: User) -> tuple[Ticket, dict[str, Any]]:
    """And what makes of a message an answer to its card."""
    inbox.says(vera, "Old matter")
    old = Ticket.objects.get()
    inbox.arrived(vera, inbox.owed(vera, "sendMessage")[0], 900)
    change_status(actor=acting(anna), ticket=old.pk, status=TicketStatus.CLOSED)
    return old, {"reply_to_message": {"message_id": 900, "date": 1, "chat": {"id": 501, "type": "private"}}}


def test_replies_to_a_closed_ticket_go_on_in_the_one_that_the_first_began(inbox: Inbox, vera: User, anna: User) -> None:
    old, to_card = a_closed_ticket(inbox, vera, anna)
    inbox.says(vera, "Again", **to_card)
    inbox.says(vera, "It smokes", **to_card)
    new = Ticket.objects.get(continues=old)
    assert texts_in(new) == ["Again", "It smokes"]
    change_status(actor=acting(anna), ticket=new.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, "And again", **to_card)
    newest = Ticket.objects.latest("number")
    assert (texts_in(newest), texts_in(new)) == (["And again"], ["Again", "It smokes"])
    inbox.says(vera, f"/ticket {newest.number}")
    other = a_ticket_of(vera, "Another matter")
    inbox.says(vera, f"/ticket {other.number}")
    inbox.says(vera, "Smoke", **to_card)
    assert texts_in(newest) == ["And again", "Smoke"], "the newest that goes on, not what was chosen"
    assert f"this went into #{newest.number}" in inbox.told(vera)[-1]


def test_what_goes_on_from_a_closed_ticket_may_itself_have_been_merged(inbox: Inbox, vera: User, anna: User) -> None:
    old, to_card = a_closed_ticket(inbox, vera, anna)
    inbox.says(vera, "Again", **to_card)
    other = a_ticket_of(vera, "Another matter")
    merge_ticket(actor=acting(anna), ticket=Ticket.objects.get(continues=old).pk, into=other.pk)
    inbox.says(vera, "It smokes", **to_card)
    assert texts_in(other)[-1] == "It smokes"
    assert Ticket.objects.count() == 3


def test_a_ticket_resolved_lately_is_asked_about_first(inbox: Inbox, vera: User, anna: User) -> None:
    printer, lift, lamp = (a_ticket_of(vera, text) for text in ("The printer", "The lift", "The lamp"))
    a_reply_by(anna, printer, "Done")
    change_status(actor=acting(anna), ticket=printer.pk, status=TicketStatus.RESOLVED)
    a_reply_by(anna, lift, "We come tomorrow")
    inbox.work()
    inbox.says(vera, "No, it still does not work")
    assert inbox.rows()[-1].state == UpdateState.HELD
    offered = list(inbox.last_buttons(vera))
    assert [text.partition(" ")[0] for text in offered[:3]] == [f"#{one.number}" for one in (printer, lift, lamp)]
    inbox.presses(vera, inbox.last_buttons(vera)[offered[0]])
    printer.refresh_from_db()
    assert (texts_in(printer)[-1], printer.status) == ("No, it still does not work", TicketStatus.OPEN)


def test_a_ticket_resolved_long_ago_is_asked_about_only_while_nothing_was_said_since(
    inbox: Inbox, vera: User, anna: User
) -> None:
    printer, lift = a_ticket_of(vera, "The printer"), a_ticket_of(vera, "The lift")
    change_status(actor=acting(anna), ticket=printer.pk, status=TicketStatus.RESOLVED)
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=True):
        inbox.says(vera, "Hm")
        assert inbox.rows()[-1].state == UpdateState.HELD
        inbox.presses(vera, build(Action.CHOOSE_TICKET, lift.pk))
        inbox.says(vera, "/cancel")
        inbox.says(vera, "It moves again")
    assert texts_in(lift)[1:] == ["Hm", "It moves again"]


def test_what_its_customer_ended_is_not_asked_about_unless_there_is_nothing_else(inbox: Inbox, vera: User) -> None:
    printer, lift = a_ticket_of(vera, "The printer"), a_ticket_of(vera, "The lift")
    inbox.says(vera, f"/close {printer.number}")
    inbox.says(vera, "It is stuck")
    assert texts_in(lift)[-1] == "It is stuck"
    inbox.says(vera, f"/close {lift.number}")
    inbox.says(vera, "It still burns")
    assert inbox.rows()[-1].state == UpdateState.HELD
    assert len(inbox.last_buttons(vera)) == 3


def test_an_end_that_the_desk_declares_ends_the_choice_of_another_ticket(inbox: Inbox, vera: User, anna: User) -> None:
    printer, lift = a_ticket_of(vera, "The printer"), a_ticket_of(vera, "The lift")
    lamp = a_ticket_of(vera, "The lamp")
    inbox.says(vera, f"/ticket {lift.number}")
    change_status(actor=acting(vera), ticket=lamp.pk, status=TicketStatus.RESOLVED)
    inbox.work()
    inbox.says(vera, "It is stuck")
    assert texts_in(lift)[-1] == "It is stuck", "what they ended themselves ends nothing else"
    change_status(actor=acting(anna), ticket=printer.pk, status=TicketStatus.RESOLVED)
    inbox.work()
    inbox.says(vera, "It still burns")
    assert inbox.rows()[-1].state == UpdateState.HELD


def test_a_message_reopens_a_resolved_ticket(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    inbox.says(vera, "It burns again")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN


def test_somebody_elses_ticket_is_not_reached_by_a_reply(inbox: Inbox, vera: User, gleb: User) -> None:
    inbox.says(vera, "Mine")
    opened = inbox.owed(vera, "sendMessage")[0]
    inbox.arrived(gleb, opened, 900)  # a link that should never be there
    inbox.says(
        gleb, "Let me in", reply_to_message={"message_id": 900, "date": 1, "chat": {"id": 502, "type": "private"}}
    )
    assert texts_in(Ticket.objects.get(customer=vera)) == ["Mine"]


def test_the_largest_photo_is_fetched_in_the_background(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, photo=PHOTO, caption="Look")
    message = Message.objects.get()
    attachment = message.attachments.get()
    assert (message.kind, message.text, attachment.state) == ("photo", "Look", AttachmentState.PENDING)
    assert [call.params for call in inbox.owed(method="getFile")] == [{"@attachment": str(attachment.pk)}]


def album_parts(inbox: Inbox, vera: User, *captions: str) -> list[dict[str, Any]]:
    bold = [{"type": "bold", "offset": 0, "length": 2}]
    return [
        inbox.message(vera, photo=PHOTO, caption=caption, caption_entities=bold, media_group_id="album")
        for caption in captions
    ]


def test_an_album_is_one_message_with_its_captions_in_order(inbox: Inbox, vera: User) -> None:
    a_ticket_of(vera, "First")
    inbox.says(vera, "/new")
    first, second, third = album_parts(inbox, vera, "🔥 A", "", "🔥 C")
    inbox.put(inbox.update(message=first), inbox.update(message=third))
    inbox.work()
    inbox.put(inbox.update(message=second), inbox.update(message=third))  # late; and again
    inbox.work()
    ticket = Ticket.objects.latest("created_at")
    message = ticket.messages.get()
    assert message.text == "🔥 A\n🔥 C"
    assert [(one["offset"], one["length"]) for one in message.entities] == [(0, 2), (5, 2)]
    links = MessageLink.objects.filter(message=message.pk).order_by("telegram_message_id")
    assert [link.telegram_message_id for link in links] == [one["message_id"] for one in (first, second, third)]
    place = (inbox.bot_id, vera.telegram_id)
    files = list(message.attachments.order_by("position").values_list("pk", flat=True))
    assert files == [message_key(*place, one["message_id"], "file") for one in (first, second, third)]
    assert event_types(ticket).count("message_sent") == 1
    assert event_types(ticket).count("attachment_added") == 2
    assert message.edited_at is None, "what joins late is no edit"
    assert find_differences(ticket) == []


def test_one_caption_of_an_album_is_edited_and_a_reply_to_any_part_points_at_it(inbox: Inbox, vera: User) -> None:
    parts = album_parts(inbox, vera, "One", "Two", "")
    inbox.put(*(inbox.update(message=part) for part in parts))
    inbox.work()
    inbox.put(inbox.update(edited_message={**parts[1], "caption": "Zwei", "edit_date": 5}))
    inbox.put(inbox.update(edited_message={**parts[2], "caption": "Drei", "edit_date": 6}))
    inbox.work()
    album = Message.objects.get()
    assert album.text == "One\nZwei\nDrei"
    assert [revision.text for revision in album.revisions.all()] == ["One\nTwo", "One\nZwei"]
    inbox.says(vera, "This one", reply_to_message=parts[2])
    assert Message.objects.get(text="This one").reply_to == album


def test_what_an_album_has_no_room_for_or_comes_after_its_removal_stays_beside_it(inbox: Inbox, vera: User) -> None:
    for part in album_parts(inbox, vera, *map(str, range(11))):
        inbox.put(inbox.update(message=part))
    inbox.work()
    first, eleventh = Message.objects.order_by("sequence")
    assert (first.attachments.count(), eleventh.attachments.count(), eleventh.text) == (10, 1, "10")
    delete_message(actor=acting(vera), message_id=eleventh.pk)
    inbox.says(vera, photo=PHOTO, caption="Later", media_group_id="album")
    assert Message.objects.latest("sequence").text == "Later"
    assert Ticket.objects.count() == 1


def test_a_file_that_bots_cannot_fetch_is_said_at_once(inbox: Inbox, vera: User) -> None:
    inbox.says(
        vera, document={"file_id": "f", "file_unique_id": "u", "file_name": "<film>.mkv", "file_size": 30 * 2**20}
    )
    assert any("larger than 20 MB" in text and "&lt;film&gt;.mkv" in text for text in inbox.told(vera))
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.failure) == (AttachmentState.FAILED, AttachmentFailure.TOO_LARGE)
    assert inbox.owed(method="getFile") == []


def test_it_is_said_once_too_while_nobody_knows_where_the_file_belongs(inbox: Inbox, vera: User) -> None:
    first, _second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.says(vera, document={"file_id": "f", "file_unique_id": "u", "file_size": 30 * 2**20})
    assert inbox.rows()[-1].state == UpdateState.HELD

    def tellings() -> int:
        return sum("larger than 20 MB" in text for text in inbox.told(vera))

    assert tellings() == 1
    inbox.presses(vera, inbox.last_buttons(vera)[f"#{first.number} First"])
    assert first.messages.filter(kind="document").exists()
    assert tellings() == 1


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "voice"),
        ({"video_note": {"file_id": "v", "file_unique_id": "v", "duration": 3, "length": 240}}, "video_note"),
        ({"sticker": {"file_id": "v", "file_unique_id": "v", "type": "regular", "width": 1, "height": 1,
                      "is_animated": False, "is_video": False, "emoji": "🔥"}}, "sticker"),
        ({"animation": {"file_id": "v", "file_unique_id": "v", "duration": 3, "width": 1, "height": 1},
          "document": {"file_id": "v", "file_unique_id": "v"}}, "animation"),
        ({"location": POINT}, "location"),
        ({"location": POINT, "venue": {"location": POINT, "title": "Café", "address": "Arbat"}}, "venue"),
        ({"contact": {"phone_number": "+7", "first_name": "Ivan"}}, "contact"),
        ({"dice": {"emoji": "🎲", "value": 4}}, "dice"),
        ({"rich_message": {"blocks": []}}, "unsupported"),
    ],
)  # fmt: skip
def test_every_kind_of_message_arrives(inbox: Inbox, vera: User, fields: dict[str, object], kind: str) -> None:
    inbox.says(vera, **fields)
    assert [row.state for row in inbox.rows()] == [UpdateState.DONE], inbox.rows()[0].last_error
    assert Message.objects.get().kind == kind


def test_an_edit_is_kept_as_a_version_and_an_empty_one_changes_nothing(inbox: Inbox, vera: User) -> None:
    message = inbox.says(vera, "Teh printer")
    inbox.edits(vera, message, "The printer")
    inbox.edits(vera, message, "The printer")
    stored = Message.objects.get()
    assert stored.text == "The printer"
    assert [revision.text for revision in stored.revisions.all()] == ["Teh printer"]


@pytest.mark.parametrize("wrong", ["/strat", "/ticket 999999", "x" * 40_000])
def test_an_edit_of_what_was_never_stored_is_that_message(inbox: Inbox, vera: User, wrong: str) -> None:
    message = inbox.says(vera, wrong)
    assert not Ticket.objects.exists()
    inbox.edits(vera, {**message, "entities": []}, "My printer burns")
    ticket = Ticket.objects.get()
    assert texts_in(ticket) == ["My printer burns"]
    inbox.edits(vera, {**message, "entities": []}, "My printer smokes")
    assert texts_in(ticket) == ["My printer smokes"], "from now on it is an edit"


def test_a_command_may_be_corrected_and_a_place_that_moves_is_none(inbox: Inbox, vera: User) -> None:
    message = inbox.says(vera, "/hlep")
    told = len(inbox.told(vera))
    inbox.edits(vera, message, "/help")
    assert len(inbox.told(vera)) == told + 1
    inbox.put(inbox.update(edited_message=inbox.message(vera, location=POINT, edit_date=1_795_000_100)))
    inbox.work()
    assert inbox.rows()[-1].outcome == "ignored"
    assert not Ticket.objects.exists()


def test_a_flood_of_edits_is_answered_once(inbox: Inbox, vera: User) -> None:
    message = inbox.says(vera, "/help")
    for _time in range(60):
        inbox.edits(vera, message, "/help")
    assert sum("very fast" in text for text in inbox.told(vera)) == 1
    assert len(inbox.told(vera)) < 60


def test_the_longest_text_of_telegram_is_one_message_and_stays_whole_when_it_is_edited(
    inbox: Inbox, vera: User
) -> None:
    bold = {"type": "bold", "offset": 8186, "length": 4}
    message = inbox.says(vera, "🔥" * 4096, entities=[bold])
    stored = Message.objects.get()
    assert (stored.text, stored.entities) == ("🔥" * 4096, [bold])
    inbox.edits(vera, message, "🔥" * 4095 + "!")
    stored.refresh_from_db()
    assert (stored.text, stored.entities) == ("🔥" * 4095 + "!", [bold])


def test_entities_keep_their_place(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "🔥 bold", entities=[{"type": "bold", "offset": 3, "length": 4}])
    assert Message.objects.get().entities == [{"type": "bold", "offset": 3, "length": 4}]


def test_a_forward_says_whose_words_they_are(inbox: Inbox, vera: User) -> None:
    origin = {"type": "hidden_user", "date": 1_795_000_000, "sender_user_name": "Somebody"}
    inbox.says(vera, "As they said", forward_origin=origin)
    assert (Message.objects.get().forwarded_from or {})["name"] == "Somebody"


def test_an_agent_who_writes_to_nobody_is_told_how(inbox: Inbox, anna: User) -> None:
    inbox.says(anna, "Hello?")
    assert "/new" in inbox.told(anna)[-1]
    assert not Ticket.objects.exists()


def test_an_agent_answers_by_replying_to_a_message_about_the_ticket(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(anna, f"/ticket {ticket.number}")
    call = inbox.owed(anna, "sendMessage")[-1]
    inbox.arrived(anna, call, 900)
    inbox.says(
        anna, "We are on it", reply_to_message={"message_id": 900, "date": 1, "chat": {"id": 601, "type": "private"}}
    )
    assert Message.objects.get(text="We are on it").author_role == "agent"
    assert any(call.message for call in OutgoingCall.objects.filter(queue=vera.telegram_id))


def test_blocking_the_bot_is_remembered_and_writing_ends_it(inbox: Inbox, vera: User) -> None:
    inbox.says(vera, "Hello")
    chat = {"id": vera.telegram_id, "type": "private"}
    user = {"id": 7_000_000_001, "is_bot": True, "first_name": "Desk"}
    states = {
        "old_chat_member": {"user": user, "status": "member"},
        "new_chat_member": {"user": user, "status": "kicked", "until_date": 0},
    }
    change = {"chat": chat, "from": inbox.account(vera), "date": 1, **states}
    inbox.put(inbox.update(my_chat_member=change))
    inbox.work()
    assert vera.telegram_chats.get().unreachable == "blocked"
    assert Ticket.objects.get().unreachable == "blocked"
    inbox.says(vera, "I am back")
    assert vera.telegram_chats.get().unreachable == ""
    assert Ticket.objects.get().unreachable == ""
    assert not Update.objects.exclude(state=UpdateState.DONE).exists()


def test_it_is_said_once_where_words_went_when_the_ticket_changes(inbox: Inbox, vera: User, anna: User) -> None:
    first, second = a_ticket_of(vera, "First"), a_ticket_of(vera, "Second")
    inbox.work()

    def landings() -> list[str]:
        return [text for text in inbox.told(vera) if "This went into" in text]

    inbox.says(vera, f"/ticket {first.number}")
    inbox.says(vera, "About the first")
    assert landings() == [], "they chose it"
    answer = a_reply_by(anna, second, "And the second?")
    inbox.work()
    call = next(one for one in inbox.owed(vera, "sendMessage") if one.message == answer.pk)
    inbox.arrived(vera, call, 9100)
    inbox.says(vera, f"/ticket {first.number}")
    inbox.says(vera, "A reply", reply_to_message=inbox.message(vera, "x") | {"message_id": 9100})
    assert second.messages.filter(text="A reply").exists()
    assert landings() == []
    inbox.says(vera, "More of the first")
    inbox.says(vera, "And more")
    assert len(landings()) == 1
    assert f"#{first.number} First" in landings()[0]


def test_an_agents_answer_to_a_closed_ticket_is_refused_in_words(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    MessageLink.objects.create(
        bot_id=inbox.bot_id, chat_id=anna.telegram_id, telegram_message_id=900, ticket=ticket.pk, direction="out"
    )
    notice = {"message_id": 900, "date": 1, "chat": {"id": anna.telegram_id, "type": "private"}, "text": "A notice"}
    inbox.says(anna, "One more thing", reply_to_message=notice)
    assert [one.customer for one in Ticket.objects.all()] == [vera], "and begins none of their own"
    assert "closed" in inbox.told(anna)[-1]
