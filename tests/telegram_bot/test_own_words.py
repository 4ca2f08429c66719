"""What the owner of a company's own account writes there without the desk: answers, first words, files, edits."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile

from accounts import clock
from accounts.models import User
from telegram_bot.bot_api import Request
from telegram_bot.models import MessageLink, OutgoingCall, TelegramFile, Update
from tests.support.desk import a_reply_by, acting
from tests.support.inbox import JSON, Inbox
from tests.support.shop import OWNER, WRITTEN_AT, Shop, rendered
from tests.support.simulator_control import picture
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.attachments import store_upload
from tickets.services.conversation import delete_message, edit_message, post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db
PHOTO = {"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9, "file_size": 9}


def conversation() -> list[tuple[str, str]]:
    """Who said what, over all tickets: on which side, and the words."""
    return list(Message.objects.order_by("ticket__number", "sequence").values_list("author_role", "text"))


def outcome() -> str:
    return Update.objects.latest("id").outcome


def edited(told: JSON, **content: object) -> JSON:
    return {**told, **content, "edit_date": 1_795_000_100}


def test_in_a_ticket_that_is_going_on_it_is_the_answer_and_is_not_sent_once_more(
    inbox: Inbox, shop: Shop, vera: User
) -> None:
    shop.hears(vera, "Do you deliver?")
    told = shop.says(vera, "// Tomorrow")
    assert conversation() == [("customer", "Do you deliver?"), ("agent", "// Tomorrow")], (
        "there are no notes in that chat"
    )
    answer = Message.objects.get(author_role="agent")
    assert (answer.author, answer.internal, answer.delivery_state) == (None, False, "sent")
    assert Ticket.objects.get().status == TicketStatus.OPEN
    assert not OutgoingCall.objects.exists()
    assert not User.objects.filter(telegram_id=OWNER["id"]).exists()
    shop.put(edited_business_message=edited(told, text="// On Monday"))
    answer.refresh_from_db()
    assert (answer.text, answer.revisions.count()) == ("// On Monday", 1)
    assert not OutgoingCall.objects.exists(), "nor is its edit"
    shop.put(business_message=told)
    assert outcome() == "repeated"
    reply = shop.hears(vera, "Good", reply_to_message={**told, "chat": {"id": vera.telegram_id, "type": "private"}})
    assert Message.objects.get(text=reply["text"]).reply_to == answer


def test_what_the_bot_itself_wrote_there_is_nothing_new(inbox: Inbox, shop: Shop, vera: User) -> None:
    shop.hears(vera, "Do you deliver?")
    bot = {"id": inbox.bot_id, "is_bot": True, "first_name": "Desk"}
    shop.says(vera, "An answer", sender_business_bot=bot)
    assert outcome() == "ignored"
    assert Message.objects.count() == 1


def test_an_agent_whose_account_it_is_is_named(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(telegram_id=OWNER["id"])
    shop.hears(vera, "Do you deliver?")
    told = shop.says(vera, "Tomorrow")
    assert Message.objects.get(author_role="agent").author == anna
    User.objects.filter(pk=anna.pk).update(telegram_id=None)
    shop.put(edited_business_message=edited(told, text="On Monday"))
    assert Message.objects.get(author_role="agent").text == "On Monday", "as the one who wrote it"


def test_files_come_as_what_they_are_and_an_album_as_one(inbox: Inbox, shop: Shop, vera: User) -> None:
    shop.hears(vera, "What does it look like?")
    for number in range(2):
        photo = [{**PHOTO, "file_id": f"f{number}", "file_unique_id": f"u{number}"}]
        shop.says(vera, photo=photo, media_group_id="1", caption=f"Side {number}")
    shop.says(vera, document={"file_id": "d", "file_unique_id": "d", "file_name": "bill.pdf", "file_size": 9})
    shop.says(vera, gift={"gift": {"id": "1"}})
    _question, album, bill, gift = Message.objects.order_by("sequence")
    assert (album.kind, album.text, album.attachments.count()) == ("photo", "Side 0\nSide 1", 2)
    assert [file.name for file in bill.attachments.all()] == ["bill.pdf"]
    assert gift.kind == "unsupported", "what no bot can send the owner can"
    assert {call.method for call in inbox.owed()} == {"getFile"}


def test_a_first_word_begins_the_ticket_that_the_answer_opens(inbox: Inbox, shop: Shop, vera: User) -> None:
    told = shop.says(vera, "Your parcle is here")
    assert outcome() == "kept"
    shop.says(vera, photo=[PHOTO], caption="This one")
    gone = shop.says(vera, "Oops")
    shop.put(edited_business_message=edited(told, text="Your parcel is here"))
    shop.loses(vera, gone["message_id"])
    assert not Ticket.objects.exists(), "nobody has asked anything"
    answered = {**told, "chat": {"id": vera.telegram_id, "type": "private"}}
    shop.hears(vera, "When can I come?", reply_to_message=answered)
    ticket = Ticket.objects.get()
    assert (ticket.customer, ticket.source) == (vera, "business")
    assert conversation() == [
        ("agent", "Your parcel is here"),
        ("agent", "This one"),
        ("customer", "When can I come?"),
    ]
    first, _photo, question = Message.objects.order_by("sequence")
    assert question.reply_to == first
    assert not Update.objects.filter(outcome="kept").exists()
    assert {call.method for call in inbox.owed()} == {"getFile"}, "nothing is said twice"
    shop.says(vera, "Until six")
    assert Message.objects.latest("sequence").ticket == ticket


def test_after_a_closed_ticket_the_next_begins_with_it(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    shop.hears(vera, "Do you deliver?")
    first = Ticket.objects.get()
    for status in (TicketStatus.RESOLVED, TicketStatus.CLOSED):
        change_status(actor=acting(anna), ticket=first.pk, status=status)
    shop.says(vera, "How was it?")
    assert outcome() == "kept"
    shop.hears(vera, "Thanks!")
    assert not Ticket.objects.filter(continues=first).exists(), "thanks open nothing"
    shop.hears(vera, "The lid is broken")
    second = Ticket.objects.get(continues=first)
    assert list(second.messages.order_by("sequence").values_list("text", flat=True)) == [
        "How was it?",
        "The lid is broken",
    ]
    assert second.customer == vera


def test_the_desk_can_take_it_back_and_what_the_owner_deletes_was_said(
    inbox: Inbox, shop: Shop, vera: User, mila: User
) -> None:
    shop.hears(vera, "What does it look like?")
    items = [shop.says(vera, photo=[{**PHOTO, "file_unique_id": f"{n}"}], media_group_id="1") for n in range(2)]
    album = Message.objects.get(author_role="agent")
    shop.loses(vera, items[0]["message_id"])
    album.refresh_from_db()
    assert album.deleted_at is None
    delete_message(actor=acting(mila), message_id=album.pk)
    inbox.work()
    removal = rendered(inbox.owed(method="deleteMessage")[-1])
    places = [item["message_id"] for item in items]
    assert removal == Request(
        method="deleteBusinessMessages", params={"business_connection_id": "conn-1", "message_ids": places}
    )


def test_an_edit_of_a_customers_command_keeps_all_of_it(inbox: Inbox, shop: Shop, vera: User) -> None:
    """In the company's chat nothing is a command."""
    told = shop.hears(vera, "/new plates?")
    shop.put(edited_business_message=edited(told, text="/new forks?"))
    assert conversation() == [("customer", "/new forks?")]


# --- what the owner changes of what the bot sent ---
def answered(inbox: Inbox, shop: Shop, vera: User, anna: User, text: str) -> tuple[Message, list[JSON]]:
    """An agent's answer, and its pieces as they stand at the customer."""
    shop.hears(vera, "Do you deliver?")
    answer = a_reply_by(anna, Ticket.objects.get(), text)
    inbox.work()
    with clock.standing_at(WRITTEN_AT):
        inbox.deliver()
    bot = {"id": inbox.bot_id, "is_bot": True, "first_name": "Desk"}
    links = MessageLink.objects.filter(message=answer.pk).order_by("part")
    numbers = list(links.values_list("telegram_message_id", flat=True))
    message = inbox.message(vera, "", business_connection_id="conn-1", sender_business_bot=bot, **{"from": OWNER})
    return answer, [{**message, "message_id": number} for number in numbers]


def test_a_change_of_an_answer_in_the_accounts_name_is_a_version_of_it(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    answer, [told] = answered(inbox, shop, vera, anna, "On Sundy")
    owed = OutgoingCall.objects.count()
    bold = [{"type": "bold", "offset": 3, "length": 6}]
    shop.put(edited_business_message=edited(told, text="On Monday", entities=bold))
    answer.refresh_from_db()
    assert (answer.text, answer.entities, answer.author) == ("On Monday", bold, anna)
    assert [one.text for one in answer.revisions.all()] == ["On Sundy"]
    assert answer.ticket.events.get(type="message_edited").source == "business"
    assert OutgoingCall.objects.count() == owed, "it stands there already"
    shop.put(edited_business_message=edited({**told, "message_id": 99_999}, text="Of no answer"))
    assert outcome() == "ignored"


def test_a_change_of_one_piece_of_a_long_answer_leaves_the_others(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    text = "a" * 4096 + "\n🙂" + "b" * 4094 + "\nend"
    bold = [{"type": "bold", "offset": 8194, "length": 3}]
    Message.objects.filter(pk=answered(inbox, shop, vera, anna, text)[0].pk).update(entities=bold)
    answer = Message.objects.get(author_role="agent")
    links = MessageLink.objects.filter(message=answer.pk).order_by("part")
    second = inbox.message(vera, "🙃 middle", business_connection_id="conn-1", **{"from": OWNER})
    italic = [{"type": "italic", "offset": 3, "length": 6}]
    shop.put(edited_business_message=edited({**second, "message_id": links[1].telegram_message_id, "entities": italic}))
    answer.refresh_from_db()
    assert answer.text == "a" * 4096 + "\n🙃 middle\nend"
    assert answer.entities == [{**italic[0], "offset": 4100}, {**bold[0], "offset": 4107}]


def test_what_the_desk_itself_changed_comes_back_and_is_nothing_new(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    answer, [told] = answered(inbox, shop, vera, anna, "One")
    for text in ("Two", "Three"):
        edit_message(actor=acting(anna), message_id=answer.pk, text=text)
        inbox.work()
        inbox.deliver()
    now = int(clock.now().timestamp())
    link = [{"type": "url", "offset": 0, "length": 5}]
    for text, at in (("Three", now + 1), ("Two", now - 1)):  # the former comes late
        shop.put(edited_business_message={**told, "text": text, "entities": link, "edit_date": at})
        answer.refresh_from_db()
        assert (answer.text, answer.revisions.count(), outcome()) == ("Three", 2, "ignored")
    shop.put(edited_business_message={**told, "text": "Two", "edit_date": now + 60})
    answer.refresh_from_db()
    assert answer.text == "Two", "the owner put it back"


def test_another_file_in_the_place_of_the_one_that_the_bot_sent_is_a_version_too(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    shop.hears(vera, "What does it look like?")
    sent = store_upload(actor=acting(anna), file=ContentFile(picture()), name="it.jpg")
    draft = MessageDraft(id=uuid4(), text="So", attachments=(sent.pk,))
    answer = post_reply(actor=acting(anna), ticket=Ticket.objects.get().pk, draft=draft).message
    inbox.work()
    with clock.standing_at(WRITTEN_AT):
        inbox.deliver()
    TelegramFile.objects.create(
        bot_id=inbox.bot_id, attachment=sent.pk, file_id="first", unique_id="first", kind="photo"
    )
    [link] = MessageLink.objects.filter(message=answer.pk)
    message = inbox.message(vera, business_connection_id="conn-1", caption="So", **{"from": OWNER})
    told = edited({**message, "message_id": link.telegram_message_id})
    shop.put(edited_business_message={**told, "photo": [{**PHOTO, "file_unique_id": "first"}]})
    assert outcome() == "ignored", "it comes back as it was sent"
    other = {**told, "photo": [{**PHOTO, "file_id": "other", "file_unique_id": "other"}]}
    exchange = OutgoingCall.objects.create(
        bot_id=inbox.bot_id, method="editMessageMedia", queue=shop.key(vera), params={"@message": str(answer.pk)},
        next_attempt_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    shop.put(edited_business_message=other)
    assert outcome() == "ignored", "the desk is just putting it there"
    exchange.delete()
    shop.put(edited_business_message=other)
    answer.refresh_from_db()
    assert [one.pk for one in answer.revisions.get().attachments.all()] == [sent.pk]
    assert (answer.text, [one.pk for one in answer.attachments.all()] != [sent.pk]) == ("So", True)
    assert [call.params["@attachment"] for call in inbox.owed(method="getFile")] == [str(answer.attachments.get().pk)]


def test_that_an_answer_was_deleted_there_is_noted_once_and_the_answer_stays(
    inbox: Inbox, shop: Shop, vera: User, anna: User
) -> None:
    answer, [told] = answered(inbox, shop, vera, anna, "On Sunday")
    own = shop.says(vera, "Or on Monday")
    for _time in range(2):
        shop.loses(vera, told["message_id"], own["message_id"])
    notes = Message.objects.filter(internal=True)
    assert {note.reply_to.text for note in notes if note.reply_to} == {"On Sunday", "Or on Monday"}
    assert notes.count() == 2
    answer.refresh_from_db()
    assert answer.deleted_at is None


def test_of_a_chat_that_the_owner_clears_there_is_one_note(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    _answer, [told] = answered(inbox, shop, vera, anna, "On Sunday")
    own = [shop.says(vera, f"Or on day {number}")["message_id"] for number in range(4)]
    for _time in range(2):
        shop.loses(vera, told["message_id"], *own)
    note = Message.objects.get(internal=True)
    assert note.text.startswith("5 ответов удалены")
    assert note.reply_to is None


def test_what_the_desk_itself_takes_back_is_not_noted(inbox: Inbox, shop: Shop, vera: User, anna: User) -> None:
    answer, pieces = answered(inbox, shop, vera, anna, "a" * 4096 + "b")
    edit_message(actor=acting(anna), message_id=answer.pk, text="a")
    inbox.work()
    shop.loses(vera, pieces[1]["message_id"])
    inbox.deliver()
    shop.loses(vera, pieces[1]["message_id"])
    delete_message(actor=acting(anna), message_id=answer.pk)
    inbox.work()
    shop.loses(vera, pieces[0]["message_id"])
    assert not Message.objects.filter(internal=True).exists()
