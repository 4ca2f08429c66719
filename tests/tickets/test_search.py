"""Search: words in both languages, parts of subjects and names, numbers; and nothing that one may not see."""

from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import F
from pytest_django import DjangoAssertNumQueries

from accounts.models import Team, User
from accounts.selectors.people import list_people
from tests.support.api import Api
from tests.support.desk import a_note_by, a_reply_by, a_ticket_of, acting
from tickets.models import SEARCH_CONFIG, BareText, Message, SearchableText, Ticket
from tickets.services.conversation import delete_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def tickets(vera: User, gleb: User, anna: User) -> dict[str, Ticket]:
    printer = a_ticket_of(vera, "Сломался принтер в бухгалтерии")
    a_reply_by(anna, printer, "Картриджи заменили, проверьте")
    parcel = a_ticket_of(gleb, "The parcels have not arrived")
    a_note_by(anna, parcel, "He calls every week about refunds")
    return {"printer": printer, "parcel": parcel}


def find(user: User, q: str, **more: str) -> list[dict[str, Any]]:
    status, answer = Api(user).get("tickets/", q=q, **more)
    assert status == 200
    results: list[dict[str, Any]] = answer["results"]
    return results


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("принтеры", "printer"),
        ("картридж", "printer"),
        ("картр", "printer"),
        ("замени карт", "printer"),
        ("every wee", "parcel"),
        ("бухгалтер", "printer"),
        ("parcel arrives", "parcel"),
        ('"have not arrived"', "parcel"),
        ("refund", "parcel"),
        ("vera", "printer"),
        ("Ver", "printer"),
        ("parcel or nonsense", "parcel"),
    ],
)
def test_staff_find(tickets: dict[str, Ticket], anna: User, q: str, name: str) -> None:
    assert [found["number"] for found in find(anna, q)] == [tickets[name].number]


@pytest.mark.parametrize(
    ("text", "q", "marked"),
    [
        ("Ошибка <timeout 504> при оплате", "timeout", ["timeout"]),
        ("Ошибка <timeout 504> при оплате", "504", ["504"]),
        ("<b>bold</b> and <script>alert(1)</script>", "alert", ["alert"]),
        ("See https://shop.example.com/orders/77881?from=mail", "77881", ["77881"]),
        (
            "See https://shop.example.com/orders/77881?from=mail",
            "shop.example.com/orders",
            ["shop.example.com", "orders"],
        ),
        ("Заказ-77881, вот", "77881", ["77881"]),
        ("Мой номер +7-900-123", "123", ["123"]),
        ("В интернет-магазине", "интернет-магазин", ["интернет", "магазине"]),
        ("В интернет-магазине", "магазин", ["магазине"]),
        ("И ещё одно", "одно", ["одно"]),
    ],
)
def test_signs_between_words_hide_nothing(vera: User, anna: User, text: str, q: str, marked: list[str]) -> None:
    a_reply_by(anna, a_ticket_of(vera, "Subject"), text)
    (found,) = find(anna, q)
    assert found["match"]["text"] == text  # as it was written
    assert [text[begin:end] for begin, end in found["match"]["ranges"]] == marked


def test_of_a_long_word_the_end_that_leads_to_the_match_is_shown(vera: User, anna: User) -> None:
    word = "-".join(f"part{number}" for number in range(60))
    a_reply_by(anna, a_ticket_of(vera, "Subject"), f"See {word}-needle there")
    (found,) = find(anna, "needle")
    text, ((begin, end),) = found["match"]["text"], found["match"]["ranges"]
    assert word.endswith(text.removesuffix("-needle there"))
    assert len(text) < 120
    assert text[begin:end] == "needle"


def test_a_minus_before_a_word_still_takes_away_what_has_it(vera: User, anna: User) -> None:
    a_reply_by(anna, a_ticket_of(vera, "Subject"), "The parcel is late")
    assert find(anna, "parcel")
    assert not find(anna, "parcel -late")


@pytest.mark.parametrize("word", ["ещё", "еще"])
def test_a_word_that_says_nothing_is_one_however_it_is_spelt(vera: User, anna: User, word: str) -> None:
    a_reply_by(anna, a_ticket_of(vera, "Subject"), "Ещё не пришло, а еще раньше было")
    assert find(anna, word) == []
    assert len(find(anna, f"{word} раньше")) == 1


@pytest.mark.parametrize("dots", [True, False])
def test_ye_with_dots_and_without_is_one_letter(anna: User, vera: User, *, dots: bool) -> None:
    def spelt(text: str) -> str:
        return text if dots else text.replace("ё", "е").replace("Ё", "Е")

    User.objects.filter(pk=vera.pk).update(first_name="Алёна", last_name=spelt("Королёва"))
    ticket = a_ticket_of(vera, spelt("Ёлка: счёт [№ 5]"))
    a_reply_by(anna, ticket, spelt("Жёлтый самолёт улетел"))
    for q in ("счёт", "счет", "ёлка", "ЕЛКА", "самолет", "самолётом", "желты", "жёлты"):
        assert [found["number"] for found in find(anna, q)] == [ticket.number], q
    for q in ("алена", "Алёна", "королев", "КОРОЛЁВ", "Алена Королева"):
        assert [found["number"] for found in find(anna, q)] == [ticket.number], q
    for q in ("счат", "елкa", "е.ка", "[её]лка", "ё*", "самокат"):
        assert find(anna, q) == [], q
    assert [person.pk for person in list_people(search="алена королева")] == [vera.pk]


@pytest.mark.parametrize(
    ("q", "name", "said"),
    [
        ("Vera картридж", "printer", "Картриджи заменили, проверьте"),
        ("картриджи проверить vera", "printer", "Картриджи заменили, проверьте"),
        ("ivanova бухгалтерия", "printer", None),
        ("Vera Ivanova заменить", "printer", "Картриджи заменили, проверьте"),
        ("заменить Vera Ivanova", "printer", "Картриджи заменили, проверьте"),
        ("Vera заменить карт", "printer", "Картриджи заменили, проверьте"),
        ("Gleb refunds", "parcel", "He calls every week about refunds"),
        ("@vera картридж", "printer", "Картриджи заменили, проверьте"),
    ],
)
def test_staff_name_the_customer_beside_the_words(
    tickets: dict[str, Ticket], anna: User, vera: User, q: str, name: str, said: str | None
) -> None:
    User.objects.filter(pk=vera.pk).update(first_name="Vera", last_name="Ivanova", username="vera")
    (found,) = find(anna, q)
    assert found["number"] == tickets[name].number
    if said:
        assert found["match"]["text"] == said


def test_a_name_beside_words_of_somebody_elses_ticket_finds_nothing(
    tickets: dict[str, Ticket], anna: User, vera: User
) -> None:
    for q in ("Gleb картридж", "Vera refunds", "Vera nonsense", "Vera or nonsense1 -принтер", 'Vera "картридж"'):
        assert [found["number"] for found in find(anna, q)] == [], q
    assert find(vera, "Vera картридж") == []  # one's own name is no word of one's own ticket


def test_a_ticket_is_found_by_its_number(tickets: dict[str, Ticket], anna: User) -> None:
    number = tickets["parcel"].number
    for q in (str(number), f"#{number}", f"№ {number}"):
        assert number in [found["number"] for found in find(anna, q)]


def test_the_beginning_of_a_word_finds_where_it_is_the_last_and_long_enough(
    tickets: dict[str, Ticket], anna: User
) -> None:
    assert find(anna, "refu")[0]["match"]["text"] == "He calls every week about refunds"
    for q in ("re", "refu every", '"refu"', "refu or nonsense", "refu -week", "refu:*", "refu & every"):
        assert find(anna, q) == [], q


def open_numbered(customer: User, *numbers: int) -> None:
    """Opens a ticket with each of these numbers, in this order."""
    opened = [a_ticket_of(customer, "Receipt").pk for _number in numbers]
    Ticket.objects.update(number=F("number") + 1_000_000)  # which of these numbers the desk had come to, nobody knows
    for pk, number in zip(opened, numbers, strict=True):
        Ticket.objects.filter(pk=pk).update(number=number)


def test_parts_of_a_number_find_and_a_mark_means_one_ticket(vera: User, anna: User) -> None:
    open_numbered(vera, 812, 8125, 48123, 81, 5)

    def numbers(q: str, **more: str) -> list[int]:
        return [found["number"] for found in find(anna, q, **more)]

    assert numbers("812") == [812, 48123, 8125]
    assert numbers("#812") == numbers("№ 812") == [812]
    assert numbers("81") == [81, 8125, 812]  # two digits are the beginning of a number
    assert numbers("81", order="oldest") == [81, 812, 8125]
    assert numbers("12", status="closed") == []
    assert find(vera, "812")[0]["number"] == 812


def test_the_ticket_that_a_number_names_comes_first_through_all_pages(vera: User, anna: User) -> None:
    open_numbered(vera, 7, 70, 71, 72)
    for order, expected in (("newest", [7, 72, 71, 70]), ("oldest", [7, 70, 71, 72]), ("waiting", [7, 70, 71, 72])):
        api, seen, address = Api(anna), list[int](), f"tickets/?q=7&limit=1&order={order}"
        while address:
            page = api.get(address)[1]
            seen += [found["number"] for found in page["results"]]
            address = (page["next"] or "").removeprefix("/api/v1/")
        assert seen == expected


def test_customers_find_their_own_and_nothing_internal(
    tickets: dict[str, Ticket], vera: User, gleb: User, anna: User
) -> None:
    assert len(find(vera, "картридж")) == 1
    assert find(gleb, "картридж") == []
    assert find(gleb, "refund") == []
    assert find(vera, str(tickets["parcel"].number)) == []
    assert find(vera, "anna") == []


def test_an_agent_of_another_team_finds_nothing(tickets: dict[str, Ticket], boris: User, billing: Team) -> None:
    Ticket.objects.update(team=Team.objects.create(name="Others"))
    boris.team = billing
    boris.save()
    assert find(boris, "принтер") == []


def test_what_was_removed_is_not_found(tickets: dict[str, Ticket], anna: User) -> None:
    answer = tickets["printer"].messages.get(text__startswith="Картриджи")
    delete_message(actor=acting(anna), message_id=answer.pk)
    assert find(anna, "картридж") == []


def test_a_match_names_its_message_and_marks_the_words(tickets: dict[str, Ticket], anna: User, gleb: User) -> None:
    a_reply_by(gleb, tickets["parcel"], "🙂 Two parcels, <b>both</b> lost")
    (found,) = find(anna, "parcel lost")
    match = found["match"]
    assert match["message"] == str(tickets["parcel"].messages.order_by("sequence").last().pk)
    units = match["text"].encode("utf-16-le")
    assert [units[2 * a : 2 * b].decode("utf-16-le") for a, b in match["ranges"]] == ["parcels", "lost"]
    assert find(anna, "vera")[0]["match"] is None


def test_filters_orders_and_pages_hold_with_a_search(vera: User, anna: User) -> None:
    tickets = [a_ticket_of(vera, f"Printer {number}") for number in range(5)]
    api = Api(anna)
    status, page = api.get("tickets/", q="printer", limit="2", order="oldest")
    assert status == 200
    seen = [found["number"] for found in page["results"]]
    while page["next"]:
        page = api.get(page["next"].removeprefix("/api/v1/"))[1]
        seen += [found["number"] for found in page["results"]]
    assert seen == [ticket.number for ticket in tickets]
    assert find(anna, "printer", status="closed") == []


@pytest.mark.parametrize(
    "q",
    [
        "   ",
        "'",
        "!!!",
        ":*",
        "a & b | c",
        "%",
        "_",
        "\\",
        '"',
        "or or -",
        "ё" * 200,
        "<b>",
        "🙂",
        "①②③",
        "٣٣٣",
        "the and",
        "🙂 123",
    ],
)
def test_nonsense_finds_something_or_nothing_but_fails_never(tickets: dict[str, Ticket], anna: User, q: str) -> None:
    find(anna, q)
    assert Api(anna).get("tickets/", q="x" * 201)[0] == 400


def test_the_indexes_are_used_and_a_search_costs_two_queries_more_at_most(
    tickets: dict[str, Ticket], anna: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(4):
        find(anna, "printer")
    with connection.cursor() as cursor:  # tables this small would be read as a whole
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    words = SearchQuery("принтер", config=SEARCH_CONFIG, search_type="websearch")
    messages = Message.objects.order_by().annotate(words=SearchableText(BareText("text"))).filter(words=words)
    assert "message_words" in messages.explain()
    assert "ticket_subject" in Ticket.objects.order_by().filter(subject__icontains="принтер").explain()
