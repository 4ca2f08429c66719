"""A photo that the Mini App's client cannot pick: the bot asks for it and puts it into the ticket that was meant."""

from accounts.actors import Source
from accounts.models import User
from telegram_bot.models import Chat
from tests.support.desk import a_ticket_of, acting
from tests.support.inbox import Inbox
from tests.telegram_bot.test_conversation import PHOTO
from tickets.models import Message, Ticket, TicketStatus
from tickets.services.merging import merge_ticket
from tickets.services.workflow import change_status


def kinds_in(ticket: Ticket) -> list[str]:
    return list(Message.objects.filter(ticket=ticket).order_by("sequence").values_list("kind", flat=True))


def test_a_photo_that_the_app_cannot_pick_is_sent_to_its_ticket(inbox: Inbox, vera: User, gleb: User) -> None:
    meant = a_ticket_of(vera)
    other = a_ticket_of(vera, "Another matter")
    inbox.work()
    inbox.says(vera, f"/start photo_{meant.number}")
    assert f"added to ticket <b>#{meant.number}</b>" in inbox.told(vera)[-1]
    told = len(inbox.told(vera))
    inbox.says(vera, photo=PHOTO)
    assert (kinds_in(meant), kinds_in(other)) == (["text", "photo"], ["text"])
    assert len(inbox.told(vera)) == told, "they chose it just now"
    for stranger, number in ((gleb, meant.number), (vera, 999_999)):
        inbox.says(stranger, f"/start photo_{number}")
        assert "photo" not in inbox.told(stranger)[-1]
    assert Chat.objects.get(person=gleb).chosen_ticket is None


def test_no_photo_is_asked_for_where_it_could_not_be_added(inbox: Inbox, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    inbox.says(anna, f"/start photo_{ticket.number}")
    assert "photo" not in inbox.told(anna)[-1], "only in one's own tickets"
    Ticket.objects.filter(pk=ticket.pk).update(source=Source.BUSINESS)
    inbox.says(vera, f"/start photo_{ticket.number}")
    assert "own account" in inbox.told(vera)[-1]
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.CLOSED)
    inbox.says(vera, f"/start photo_{ticket.number}")
    assert inbox.told(vera)[-1] == "This ticket is closed. Open a new one."
    assert Chat.objects.get(person=vera).chosen_ticket is None


def test_a_photo_for_a_merged_ticket_goes_where_that_goes_on(inbox: Inbox, vera: User, anna: User) -> None:
    merged, into = a_ticket_of(vera), a_ticket_of(vera, "The same matter")
    merge_ticket(actor=acting(anna), ticket=merged.pk, into=into.pk)
    inbox.work()
    inbox.says(vera, f"/start photo_{merged.number}")
    assert f"#{into.number}" in inbox.told(vera)[-1]
    inbox.says(vera, photo=PHOTO)
    assert kinds_in(into) == ["text", "photo"]
