"""The demo: every face can be tried, nothing is told to anybody, and it can be loaded twice."""

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Role, User
from config.demo.loading import load_demo
from tickets.events.replay import check_tickets
from tickets.models import EventDelivery, Message, SavedReply, Ticket, TicketStatus

pytestmark = pytest.mark.django_db


def test_the_demo_has_every_role_every_status_and_a_sign_in_that_works() -> None:
    load_demo()
    assert set(User.objects.values_list("role", flat=True)) == set(Role)
    assert set(Ticket.objects.values_list("status", flat=True)) == set(TicketStatus)
    assert User.objects.get(login="demo").check_password("demo")


def test_the_demo_can_be_loaded_again_and_owes_nothing() -> None:
    first = load_demo()
    replies = set(SavedReply.objects.values_list("pk", flat=True))
    assert replies
    assert (first > 0, load_demo()) == (True, 0)
    assert set(SavedReply.objects.values_list("pk", flat=True)) == replies
    assert not EventDelivery.objects.exclude(state="done").exists()
    assert not Message.objects.filter(delivery_state="queued").exists()
    assert all(differences == [] for _ticket, differences in check_tickets())


def test_the_demo_is_refused_in_production(settings: Settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError):
        call_command("load_demo")
    assert not User.objects.exists()
