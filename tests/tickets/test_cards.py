"""The card of a person: what an agent may see of them, and the notes that only staff see."""

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from tests.support.api import Api
from tests.support.desk import a_ticket_of, acting
from tickets.api.cards import CardOutput, PersonNoteOutput
from tickets.models import PersonNote, Ticket, TicketStatus
from tickets.services import person_notes
from tickets.services.erasure import erase_customer
from tickets.services.rating import rate_ticket
from tickets.services.workflow import change_status

pytestmark = pytest.mark.django_db


def test_a_card_holds_the_person_their_tickets_ratings_and_notes(vera: User, gleb: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"n{n}") for n in range(22)]
    a_ticket_of(gleb)
    for ticket, score in zip(tickets[:3], (5, 4, 4), strict=True):
        change_status(actor=acting(anna), ticket=ticket.pk, status=TicketStatus.RESOLVED)
        rate_ticket(actor=acting(vera), ticket=ticket.pk, score=score)
    api = Api(anna)
    api.post(f"users/{vera.pk}/notes/", id=str(uuid4()), text="Calls in the morning")
    status, card = api.get(f"users/{vera.pk}/card/")
    assert (status, set(card)) == (200, set(CardOutput().fields))
    assert (card["person"]["name"], card["person"]["language"], card["unreachable"]) == ("Vera", "en", "")
    assert card["reachable"]
    assert card["counts"] == {"total": 22, "active": 19}
    assert card["ratings"] == {"count": 3, "average": 4.33}
    assert len(card["tickets"]) == 20
    assert {ticket["customer"]["id"] for ticket in card["tickets"]} == {str(vera.pk)}
    assert [(note["text"], note["author"]["name"]) for note in card["notes"]] == [("Calls in the morning", "Anna")]


def test_a_card_tells_nothing_of_tickets_that_the_agent_may_not_see(vera: User, boris: User) -> None:
    a_ticket_of(vera)
    Ticket.objects.update(team=Team.objects.create(name="Others"), unreachable="blocked", rating_score=1)
    boris.team = Team.objects.create(name="Repairs")
    boris.save()
    card = Api(boris).get(f"users/{vera.pk}/card/")[1]
    assert (card["tickets"], card["counts"]["total"], card["unreachable"]) == ([], 0, "")
    assert not card["reachable"]
    assert card["ratings"] == {"count": 0, "average": None}


@pytest.mark.parametrize(("unreachable", "telegram_id"), [("blocked", 501), ("", None)])
def test_nobody_is_called_reachable_who_is_not(
    vera: User, anna: User, unreachable: str, telegram_id: int | None
) -> None:
    a_ticket_of(vera)
    Ticket.objects.update(unreachable=unreachable)
    User.objects.filter(pk=vera.pk).update(telegram_id=telegram_id)
    card = Api(anna).get(f"users/{vera.pk}/card/")[1]
    assert (card["reachable"], card["unreachable"]) == (False, unreachable)


def test_a_card_costs_few_queries_however_much_is_on_it(
    vera: User, anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        a_ticket_of(vera)
        Api(anna).post(f"users/{vera.pk}/notes/", id=str(uuid4()), text="Hm")
    api = Api(anna)
    with django_assert_max_num_queries(7):
        api.get(f"users/{vera.pk}/card/")


def test_a_note_is_written_once_however_often_it_is_sent(vera: User, gleb: User, anna: User, boris: User) -> None:
    body = {"id": str(uuid4()), "text": "Calls in the morning"}
    path = f"users/{vera.pk}/notes/"
    (first, note), (again, same) = Api(anna).send("POST", path, body), Api(anna).send("POST", path, body)
    assert (first, again, note, set(note)) == (201, 200, same, set(PersonNoteOutput().fields))
    for who, address, other in ((anna, path, {"text": "Hm"}), (boris, path, {}), (anna, f"users/{gleb.pk}/notes/", {})):
        status, refused = Api(who).send("POST", address, body | other)
        assert (status, refused["error"]["code"]) == (409, "key_reused")
    assert PersonNote.objects.count() == 1


def test_notes_come_newest_first_and_are_removed_by_their_author_or_a_manager(
    vera: User, gleb: User, anna: User, boris: User, mila: User
) -> None:
    keys = [str(uuid4()) for _ in range(3)]
    path = f"users/{vera.pk}/notes/"
    for key in keys:
        Api(anna).post(path, id=key, text="Hm")
    assert [note["id"] for note in Api(boris).get(path)[1]["results"]] == keys[::-1]
    assert Api(boris).delete(f"{path}{keys[0]}/")[0] == 403
    assert Api(anna).delete(f"users/{gleb.pk}/notes/{keys[0]}/")[0] == 404
    assert [Api(who).delete(f"{path}{keys[0]}/")[0] for who in (anna, anna)] == [204, 404]
    assert Api(mila).delete(f"{path}{keys[1]}/")[0] == 204
    assert [note["id"] for note in Api(anna).get(path)[1]["results"]] == [keys[2]]


def test_there_is_an_end_to_notes(vera: User, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(person_notes, "MOST", 2)
    answers = [Api(anna).post(f"users/{vera.pk}/notes/", id=str(uuid4()), text="Hm")[0] for _ in range(3)]
    assert answers == [201, 201, 400]


def test_who_is_erased_leaves_no_notes(vera: User, gleb: User, anna: User, adam: User) -> None:
    for person in (vera, gleb):
        Api(anna).post(f"users/{person.pk}/notes/", id=str(uuid4()), text="Calls in the morning")
    erase_customer(actor=acting(adam), user_id=vera.pk)
    assert PersonNote.objects.get().person == gleb
