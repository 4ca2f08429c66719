"""What a ticket's page in the admin shows of its messages: formatting, players, whose words they were, versions."""

import gzip
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tests.support.simulator_control import picture
from tickets.admin.rich_text import render_rich_text
from tickets.models import Attachment, Message, MessageKind
from tickets.services.attachments import reserve_attachment, store_preview, store_reserved, store_upload
from tickets.services.conversation import edit_message, post_reply
from tickets.services.drafts import MessageDraft, NewFile
from tickets.services.reactions import react_to_message

KINDS = [
    "bold", "italic", "underline", "strikethrough", "code", "pre", "spoiler", "blockquote", "text_link", "url", "email",
    "mention", "phone_number", "hashtag", "of_the_future",
]  # fmt: skip


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("text", "entities", "html"),
    [
        ("🔥 <b>", [entity("bold", 3, 3)], "🔥 <b>&lt;b&gt;</b>"),
        ("a b c", [entity("bold", 0, 3), entity("italic", 2, 3)], "<b>a <i>b</i></b> c"),
        ("two\nlines", [], "two<br>lines"),
        ("x", [entity("text_link", 0, 1, url="javascript:alert(1)")], "x"),
        ("x", [entity("text_link", 0, 1, url='https://a.example/"')], 'href="https://a.example/&quot;"'),
        ("a.example", [entity("url", 0, 9)], 'href="https://a.example"'),
        ("🔥🔥", [entity("bold", 1, 2)], "🔥"),
        ("x", [entity("bold", 5, 9)], "x"),
    ],
)
def test_entities_become_elements_and_nothing_else_does(text: str, entities: list[Any], html: str) -> None:
    assert html in render_rich_text(text, entities)


@given(
    st.text(st.sampled_from("a<>&\"'\n🔥"), max_size=12),
    st.lists(st.builds(entity, st.sampled_from(KINDS), st.integers(-2, 14), st.integers(-2, 14)), max_size=6),
)
def test_every_character_appears_once_whatever_the_entities_say(text: str, entities: list[dict[str, Any]]) -> None:
    shown = Words()
    shown.feed(render_rich_text(text, entities))
    shown.close()
    assert shown.text == text


class Words(HTMLParser):
    """What a browser shows."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in {"b", "i", "u", "s", "code", "pre", "blockquote", "span", "a", "br"}
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def page(mila: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(mila)
    return client


def shown(page: Client, message: Message) -> str:
    return page.get(f"/admin/tickets/ticket/{message.ticket_id}/change/").content.decode()


@pytest.mark.django_db
def test_a_message_is_shown_with_all_that_it_holds(page: Client, vera: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    sound = store_upload(actor=acting(vera), file=BytesIO(b"OggS" + b"\0" * 40), name="voice.ogg")
    Attachment.objects.filter(pk=sound.pk).update(duration=65, content_type="audio/ogg")
    first = ticket.messages.get()
    draft = MessageDraft(
        id=uuid4(), text="Hear <i>this</i>", entities=[entity("bold", 0, 4)], attachments=[sound.pk],
        kind=MessageKind.VOICE, reply_to=first.pk, content={"quote": "Help"},
        forwarded_from={"type": "user", "name": "Oleg <b>", "date": "2026-01-01T00:00:00+00:00"},
    )  # fmt: skip
    message = post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft).message
    react_to_message(actor=acting(anna), message_id=message.pk, emoji="👍")
    html = " ".join(shown(page, message).split())
    for words in (
        "<b>Hear</b> &lt;i&gt;this&lt;/i&gt;",
        "Forwarded from Oleg &lt;b&gt;",
        f'<audio controls preload="none" src="/admin/tickets/ticket/files/{sound.pk}/"',
        "1:05",
        '<li title="Support">👍</li>',
        f"<strong>{vera.name}</strong> {first.text}",
    ):
        assert words in html


@pytest.mark.django_db
def test_a_sticker_that_moves_is_its_still_picture_whole_and_stays_a_file(page: Client, vera: User) -> None:
    file = reserve_attachment(
        actor=acting(vera), attachment_id=uuid4(), name="a.tgs", content_type="application/x-tgsticker", size=9
    )
    content = {"format": "animated", "emoji": "🔥"}
    draft = MessageDraft(id=uuid4(), attachments=[file.pk], kind=MessageKind.STICKER, content=content)
    message = post_reply(actor=acting(vera), ticket=a_ticket_of(vera).pk, draft=draft).message
    store_reserved(attachment_id=file.pk, file=BytesIO(gzip.compress(b"{}")))
    assert store_preview(attachment_id=file.pk, file=BytesIO(picture()))
    looks = " ".join(shown(page, message).split())
    still = reverse("admin:tickets_ticket_preview", args=[file.pk])
    assert f'<img src="{still}" class="is-whole" alt="🔥"' in looks
    assert f'<a href="{reverse("admin:tickets_ticket_file", args=[file.pk])}"> <img' in looks
    assert page.get(still).status_code == 200


@pytest.mark.django_db
def test_what_an_edited_message_was_before_can_be_unfolded(page: Client, vera: User, gleb: User, anna: User) -> None:
    ticket = a_ticket_of(vera)
    former, current = (
        store_upload(actor=acting(vera), file=BytesIO(picture(color=color)), name=f"{color}.jpg")
        for color in ("teal", "orange")
    )
    draft = MessageDraft(id=uuid4(), text="The <old> photo", attachments=[former.pk], kind=MessageKind.PHOTO)
    message = post_reply(actor=acting(vera), ticket=ticket.pk, draft=draft).message
    a_reply_by(anna, ticket)
    file = NewFile(attachment=current.pk, kind=MessageKind.PHOTO)
    edit_message(actor=acting(vera), message_id=message.pk, text="The new photo", file=file)
    html = shown(page, message)
    folded = html[html.index("bubble-versions") : html.index("</details>", html.index("bubble-versions"))]
    assert "1 earlier version" in " ".join(folded.split())
    assert "The &lt;old&gt; photo" in folded
    assert f"/admin/tickets/ticket/files/{former.pk}/" in folded
    assert str(current.pk) not in folded
    assert page.get(f"/admin/tickets/ticket/files/{former.pk}/").status_code == 200
