"""Background work: each task run twice does no more than once; a broker that is away disturbs nobody."""

from datetime import timedelta
from io import BytesIO, StringIO
from unittest.mock import Mock
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django import Settings

from accounts import clock
from accounts.models import SocketTicket, User
from accounts.quick_redis import quick_redis
from accounts.services.sessions import create_socket_ticket, start_session
from accounts.tasks import purge_expired_rows
from config.celery import app
from config.periodic_tasks import PERIODIC_TASKS
from tests.support.desk import a_reply_by, a_ticket_of, acting
from tickets import tasks
from tickets.models import Attachment, EventDelivery, Notification, Ticket, TicketStatus
from tickets.services.attachments import store_upload
from tickets.services.conversation import post_reply
from tickets.services.drafts import MessageDraft
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def twice(task: object, *arguments: str) -> list[object]:
    return [task(*arguments) for _ in range(2)]  # type: ignore[operator]


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert {entry.task for entry in PERIODIC_TASKS} <= set(app.tasks)


def test_owed_reactions_are_handled_once(vera: User, anna: User) -> None:
    a_ticket_of(vera)
    first, second = twice(tasks.sweep_deliveries)
    assert (first, second) == (2, 0)
    assert twice(tasks.run_deliveries, "notifications") == [0, 0]
    assert Notification.objects.filter(user=anna).count() == 1


def test_a_picture_gets_one_small_upright_copy_without_its_metadata(vera: User) -> None:
    content, exif = BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "secret place"
    Image.new("RGB", (2000, 1000), "navy").save(content, "JPEG", exif=exif)
    upload = store_upload(actor=acting(vera), file=content, name="sea.jpg")
    ticket = a_ticket_of(vera)
    post_reply(actor=acting(vera), ticket=ticket.pk, draft=MessageDraft(id=uuid4(), attachments=[upload.pk]))
    assert twice(tasks.make_thumbnail, str(upload.pk)) == [True, False]
    assert tasks.sweep_thumbnails() == 0
    upload.refresh_from_db()
    with default_storage.open(upload.thumbnail_key) as file, Image.open(file) as small:
        assert (small.format, small.size) == ("WEBP", (320, 640))
        assert not small.getexif()


def test_sweeps_find_what_is_due_and_then_nothing(vera: User, anna: User) -> None:
    session = start_session(vera)
    create_socket_ticket(vera, session.family)
    store_upload(actor=acting(vera), file=BytesIO(b"hello"), name="a.txt")
    ticket = a_ticket_of(vera)
    change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert twice(tasks.sweep_unbound_files) == [1, 0]
        assert twice(tasks.close_resolved_tickets) == [1, 0]
        assert twice(purge_expired_rows) == [1, 0]
    assert not SocketTicket.objects.exists()
    assert not Attachment.objects.exists()


def test_a_broker_that_is_away_costs_nothing_but_a_wake_up(vera: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise OSError("no broker")

    tasks._no_longer_asleep("notifications")
    monkeypatch.setattr(tasks.run_deliveries, "apply_async", refuse)
    tasks._rest.end()
    tasks.on_deliveries_due(subscriber="notifications")
    assert tasks._rest.lasts


def test_a_worker_is_woken_once_until_it_looks(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[object] = []
    tasks._no_longer_asleep("notifications")
    monkeypatch.setattr(tasks.run_deliveries, "apply_async", lambda *args, **_options: woken.append(args))
    tasks._rest.end()
    for _change in range(3):
        tasks.on_deliveries_due(subscriber="notifications")
    assert len(woken) == 1
    tasks.run_deliveries("notifications")
    tasks.on_deliveries_due(subscriber="notifications")
    assert len(woken) == 2


@pytest.mark.django_db(transaction=True)
def test_under_load_a_worker_waits_for_more_so_that_one_look_finds_it_all(
    vera: User, anna: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """Whoever looks soon after the last look rests first, and for what comes meanwhile nobody else is woken."""
    woken: list[object] = []
    monkeypatch.setattr(tasks.run_deliveries, "apply_async", lambda *args, **_options: woken.append(args))
    for name in ("_WAKE_LASTS", "_BETWEEN_LOOKS"):
        monkeypatch.setattr(tasks, name, 60_000)  # longer than this takes anywhere
    tasks._rest.end()
    ticket = a_ticket_of(vera)
    tasks._run_deliveries("notifications")
    woken.clear()
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        for _message in range(3):
            a_reply_by(vera, ticket)

    monkeypatch.setattr(tasks, "time", Mock(sleep=rest))
    a_reply_by(vera, ticket)
    assert tasks.run_deliveries("notifications") == 4
    assert len(woken) == 1
    assert [0 < seconds <= 60 for seconds in rests] == [True]
    quick_redis(settings.REDIS_URL).delete(tasks._looked_key("notifications"))


def test_replay_tickets_names_what_differs_and_fails(vera: User) -> None:
    ticket, out = a_ticket_of(vera), StringIO()
    call_command("replay_tickets", stdout=out)
    assert "1 tickets agree" in out.getvalue()
    Ticket.objects.filter(pk=ticket.pk).update(subject="Other")
    with pytest.raises(CommandError) as caught:
        call_command("replay_tickets", stdout=out)
    assert caught.value.returncode == 1
    assert "subject: the row says 'Other'" in out.getvalue()


def test_deliver_events_runs_what_is_due_and_retries_the_dead(vera: User, anna: User) -> None:
    a_ticket_of(vera)
    EventDelivery.objects.filter(subscriber="notifications").update(state="dead")
    out = StringIO()
    call_command("deliver_events", "--retry-dead", stdout=out)
    assert "notifications: 2 tried" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("deliver_events", "--subscriber", "nobody")


def test_prune_files_tells_rows_and_files_apart(vera: User, settings: Settings) -> None:
    kept = store_upload(actor=acting(vera), file=BytesIO(b"kept"), name="a.txt")
    orphan = default_storage.save("ab/orphan", BytesIO(b"orphan"))  # type: ignore[arg-type]
    with time_machine.travel(clock.now() + timedelta(hours=30), tick=False):
        Attachment.objects.filter(pk=kept.pk).update(created_at=clock.now())
        out = StringIO()
        call_command("prune_files", "--dry-run", stdout=out)
        assert default_storage.exists(orphan)
        call_command("prune_files", stdout=out)
    assert "1 files without a row removed" in out.getvalue()
    assert (default_storage.exists(orphan), default_storage.exists(kept.storage_key)) == (False, True)
    default_storage.delete(kept.storage_key)
    with pytest.raises(SystemExit):
        call_command("prune_files", stdout=out)
    assert "missing" in out.getvalue()


def test_a_customers_message_tells_its_agent_and_an_answer_tells_the_customer(
    vera: User, anna: User, boris: User
) -> None:
    from tickets.services.assignment import assign_ticket

    ticket = a_ticket_of(vera)
    assign_ticket(actor=acting(anna), ticket=ticket.pk, assignee_id=boris.pk)
    tasks.sweep_deliveries()
    Notification.objects.all().delete()
    a_reply_by(vera, ticket)
    a_reply_by(anna, ticket)
    tasks.sweep_deliveries()
    told = {(found.user.first_name, found.kind) for found in Notification.objects.all()}
    assert told == {("Boris", "message_received"), ("Vera", "message_received")}
