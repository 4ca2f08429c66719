"""One small desk, with one of everything that an address of the API can name."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Role, Team, User
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import Attachment, Category, Message, Ticket
from tickets.services.assignment import assign_ticket
from tickets.services.attachments import store_upload
from tickets.services.conversation import edit_message, post_reply
from tickets.services.drafts import MessageDraft

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c636060f8cf00000301010018dd8db00000000049454e44ae426082"
)

A_CLIENT_ERROR = {
    "kind": "error",
    "name": "TypeError",
    "detail": "x is not a function",
    "stack": ["Chat.draw /static/miniapp/screens/chat.0123456789ab.js:12:34"],
    "page": "/app/tickets/17",
    "version": "1.0.0",
}


@dataclass(frozen=True, kw_only=True)
class World:
    """Vera's ticket of the team Billing, on which Anna works. Gleb is another customer, Boris of another team."""

    people: dict[str, User]
    ticket: Ticket
    question: Message
    answer: Message
    note: Message
    attachment: Attachment
    category: Category
    unused_category: Category
    team: Team
    newcomer: User

    @property
    def ids(self) -> dict[str, UUID | int]:
        """What a route's parameters are filled with."""
        return {
            "reference": self.ticket.number,
            "message_id": self.answer.pk,
            "attachment_id": self.attachment.pk,
            "category_id": self.category.pk,
            "user_id": self.newcomer.pk,
        }


def a_world(people: dict[str, User]) -> World:
    """people: vera, gleb, anna, boris, mila, adam."""
    team, other_team = Team.objects.create(name="Billing"), Team.objects.create(name="Repairs")
    for name, of in (("anna", team), ("boris", other_team)):
        people[name].team = of
        people[name].save()
    category = Category.objects.create(name_ru="Счета", name_en="Invoices", team=team)
    unused = Category.objects.create(name_ru="Прочее", name_en="Other")
    ticket = a_ticket_of(people["vera"], category_id=category.pk)
    question = Message.objects.get(ticket=ticket)
    assign_ticket(actor=acting(people["mila"]), ticket=ticket.pk, assignee_id=people["anna"].pk)
    attachment = a_stored_file(people["anna"])
    draft = MessageDraft(id=uuid4(), text="Look", attachments=[attachment.pk])
    answer = post_reply(actor=acting(people["anna"]), ticket=ticket.pk, draft=draft).message
    edit_message(actor=acting(people["anna"]), message_id=answer.pk, text="Look at this")
    note = a_note_by(people["anna"], ticket)
    a_reply_by(people["vera"], ticket, "Thanks")
    attachment.refresh_from_db()
    attachment.thumbnail_key = default_storage.save("thumbnail", ContentFile(PNG))
    attachment.save()
    newcomer = User.objects.create(first_name="Nina", role=Role.CUSTOMER, telegram_id=599)
    return World(
        people=people,
        ticket=Ticket.objects.get(pk=ticket.pk),
        question=question,
        answer=answer,
        note=note,
        attachment=attachment,
        category=category,
        unused_category=unused,
        team=team,
        newcomer=newcomer,
    )


def a_stored_file(owner: User, name: str = "cat.png") -> Attachment:
    return store_upload(actor=acting(owner), file=ContentFile(PNG), name=name)  # type: ignore[arg-type]
