"""Finding tickets by what is written in them, by number, subject and customer.

Messages are searched as full text in the configuration `russian`, which stems Cyrillic words as Russian and Latin ones
as English, without the signs between words and with е for ё (`BareText`); subjects, names and numbers by trigrams, so
that parts of them are found. All have their indexes. Staff may name the customer beside the words of the ticket: first
or last, by one name or two.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.search import CombinedSearchQuery, SearchHeadline, SearchQuery
from django.db.models import Q, QuerySet, Value

from accounts.actors import Actor
from accounts.models import User
from accounts.selectors.words import holds
from accounts.text_cleaning import utf16_length
from tickets.models import BARE, SEARCH_CONFIG, BareText, Message, SearchableText, Ticket
from tickets.permissions import visible_to

LONGEST_QUERY = 200
_MOST_WORDS = 8
_SHORTEST_BEGINNING = 3  # letters of a word in a message
_MOST_NAMES = 2  # a first and a last one
_MOST_BEFORE = 40  # characters of the word that a match is a part of
_SHORTEST_PART = 3  # fewer digits hold no trigram, unless a number begins with them
_SIGN_IN_WORD = re.compile(r"(?<=\S)-")  # before a word it takes away what has that one
_BARE_BUT_MINUS = {sign: letter for sign, letter in BARE.items() if sign != ord("-")}
_BEGIN, _END = "\ue000", "\ue001"  # of Unicode's private use: no text of people has them


@dataclass(frozen=True, kw_only=True)
class Match:
    """Where a ticket's newest matching message says it. ranges: [begin, end) in UTF-16 code units of `text`."""

    message: UUID
    sequence: int
    text: str
    ranges: list[list[int]]


def matching(actor: Actor, tickets: "QuerySet[Ticket]", text: str) -> "QuerySet[Ticket]":
    """Of these tickets those that match, as this actor may know: customers never find what a note says."""
    words = text.split()[:_MOST_WORDS]
    if not words:
        return tickets
    tickets_said = _matching_messages(actor, text).values("ticket_id")
    every = Ticket.objects.order_by()  # an order of each part would be a sort of each part
    found = every.filter(_all_words("subject", words)).values("pk").union(tickets_said.order_by())
    if actor.is_staff:
        found = found.union(every.filter(customer__in=_people(words)).values("pk"))
        for name, rest in _named(words):
            theirs, said = every.filter(customer__in=_people(name)), _matching_messages(actor, " ".join(rest))
            found = found.union(theirs.filter(_all_words("subject", rest)).values("pk"))
            found = found.union(theirs.filter(pk__in=said.values("ticket_id")).values("pk"))
    digits = _digits(text)
    if digits:
        found = found.union(every.filter(_numbered(digits, marked=text.strip()[0] != digits[0])).values("pk"))
    return tickets.filter(pk__in=found)


def number_in(text: str) -> int | None:
    """The ticket's number that a search names, which comes before all else it finds; None where it names none."""
    digits = _digits(text)
    return int(digits) if digits else None


def find_matches(actor: Actor, ticket_ids: list[UUID], text: str) -> dict[UUID, Match]:
    """The newest matching message of each ticket that has one: one query, and some more where a customer is named."""
    found = _find_newest(actor, text, Q(ticket__in=ticket_ids))
    if not actor.is_staff:
        return found
    for name, rest in _named(text.split()[:_MOST_WORDS]):
        others = [ticket for ticket in ticket_ids if ticket not in found]
        theirs = Q(ticket__in=others, ticket__customer__in=_people(name))
        found |= _find_newest(actor, " ".join(rest), theirs) if others else {}
    return found


def _find_newest(actor: Actor, text: str, where: Q) -> dict[UUID, Match]:
    number = "sequence" if actor.is_staff else "public_sequence"
    headline = SearchHeadline(
        BareText("text"), _query(text), config=SEARCH_CONFIG, start_sel=_BEGIN, stop_sel=_END, max_words=18, min_words=8
    )
    rows = (
        _matching_messages(actor, text)
        .filter(where)
        .order_by("ticket_id", "-sequence")
        .distinct("ticket_id")
        .annotate(headline=headline)
        .values_list("ticket_id", "pk", number, "headline", "text")
    )
    return {
        ticket: _build(message, sequence, headline, written) for ticket, message, sequence, headline, written in rows
    }


def _matching_messages(actor: Actor, text: str) -> "QuerySet[Message]":
    messages = Message.objects.annotate(vector=SearchableText(BareText("text"))).filter(
        vector=_query(text), deleted_at=None
    )
    if not actor.is_staff:
        messages = messages.filter(internal=False, ticket__in=visible_to(actor))
    return messages


def _query(text: str) -> SearchQuery | CombinedSearchQuery:
    """As in a web search: words, "quoted phrases", or, -without. The last of plain words may still be being written."""
    text = _SIGN_IN_WORD.sub(" ", text).translate(_BARE_BUT_MINUS)
    query = SearchQuery(text, config=SEARCH_CONFIG, search_type="websearch")
    words = text.split()
    plain = words and all(word.isalnum() and word.lower() != "or" for word in words)
    if not plain or len(words[-1]) < _SHORTEST_BEGINNING:
        return query
    begun = " & ".join(words) + ":*"  # letters and digits only: nothing that the raw form would read as a sign
    return query | SearchQuery(begun, config=SEARCH_CONFIG, search_type="raw")


def _all_words(field: str, words: list[str]) -> Q:
    condition = Q()
    for word in words:
        condition &= holds(field, word)
    return condition


def _people(words: list[str]) -> "QuerySet[User]":
    """Each word in one of the names."""
    people = User.objects.order_by()
    for word in words:
        bare = word.removeprefix("@") or word
        people = people.filter(holds("first_name", bare) | holds("last_name", bare) | holds("username", bare))
    return people


def _named(words: list[str]) -> list[tuple[list[str], list[str]]]:
    """The ways to read some of the words as somebody's name and the rest as what was written. One query, or none.

    Those names that nobody has are left out, so that a search without a name costs what it did.
    """
    if not all(word.removeprefix("@").isalnum() and word.lower() != "or" for word in words):
        return []  # signs of a web search: they mean the whole
    ways = [(words[:count], words[count:]) for count in range(1, min(_MOST_NAMES, len(words) - 1) + 1)]
    ways += [(words[-count:], words[:-count]) for count in range(1, min(_MOST_NAMES, len(words) - 1) + 1)]
    ways = [(name, rest) for name, rest in ways if all(len(word) >= _SHORTEST_PART for word in name)]
    if not ways:
        return []
    first, *others = (
        _people(name).annotate(way=Value(number)).values_list("way", flat=True)[:1]
        for number, (name, _rest) in enumerate(ways)
    )
    return [ways[number] for number in sorted(set(first.union(*others, all=True)))]


def _numbered(digits: str, *, marked: bool) -> Q:
    """`#12` is one ticket; `12` every one whose number begins so, and `123` also those that hold it."""
    if marked:
        return Q(number=int(digits))
    return Q(number__startswith=digits) if len(digits) < _SHORTEST_PART else Q(number__contains=digits)


def _digits(text: str) -> str:
    digits = "".join(text.split()).lstrip("#№")
    return digits if digits.isascii() and digits.isdigit() and len(digits) <= 18 else ""


def _build(message: UUID, sequence: int, headline: str, written: str) -> Match:
    text, ranges = "", []
    for number, part in enumerate(headline.split(_BEGIN)):
        marked, _end, plain = part.partition(_END) if number else ("", "", part)
        if marked:
            begin = utf16_length(text)
            ranges.append([begin, begin + utf16_length(marked)])
        text += marked + plain
    at = written.translate(BARE).find(text)
    if at >= 0:  # as it was written, with what stands right before its first word
        before = "" if written[:at][-1:].isspace() else "".join(written[:at].split()[-1:])[-_MOST_BEFORE:]
        text = before + written[at : at + len(text)]
        ranges = [[begin + utf16_length(before), end + utf16_length(before)] for begin, end in ranges]
    return Match(message=message, sequence=sequence, text=text, ranges=ranges)


def represent_match(match: Match | None) -> dict[str, Any] | None:
    return None if match is None else dict(vars(match))
