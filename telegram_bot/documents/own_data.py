"""A person's own data as a document in their chat, made when it is sent: the outbox holds nothing of it."""

from datetime import timedelta
from tempfile import SpooledTemporaryFile
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from accounts import clock
from accounts.actors import Actor, Source
from accounts.models import User
from accounts.selectors.people import get_person
from telegram_bot.bot_api import Request, Upload
from telegram_bot.identity import current_bot_id
from telegram_bot.models import CallState, OutgoingCall
from telegram_bot.notices import place_in
from telegram_bot.outbox import CallDraft, enqueue
from tickets.services.exporting import write_own_data

PAUSE = timedelta(minutes=10)  # between two archives for one person
_IN_MEMORY = 8 * 2**20


def owe_own_data(person: User, chat_id: int) -> bool:
    """Owe the archive; False: one went out just now. While one waits, it stands for both."""
    key = f"export:{person.pk}"
    sent = OutgoingCall.objects.filter(bot_id=current_bot_id(), coalesce_key=key, created_at__gt=clock.now() - PAUSE)
    if sent.exclude(state=CallState.FAILED).exists():
        return False
    params = {"@export": str(person.pk), **place_in(chat_id)}
    enqueue([CallDraft(method="sendDocument", params=params, queue=chat_id, coalesce_key=key)])
    return True


def render_own_data(call: OutgoingCall) -> Request:
    """Raises NotFound: the person is no longer known."""
    person = get_person(UUID(call.params["@export"]))
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        write_own_data(actor=Actor.of(person, Source.TELEGRAM), into=file)
        file.seek(0)
        content = file.read()
    with translation.override(person.language):
        caption = _("Everything that this desk keeps of you and may show you. Large files may be named only.")
    upload = Upload(field="document", name="my-data.zip", content=content)
    params = {name: value for name, value in call.params.items() if not name.startswith("@")}
    return Request(method=call.method, params={**params, "chat_id": call.queue, "caption": caption}, files=(upload,))
