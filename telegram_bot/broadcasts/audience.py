"""Whom a broadcast reaches, and what became of it. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from accounts import clock
from accounts.models import Language, User
from telegram_bot.models import Broadcast, Chat, RecipientState
from tickets.selectors.customers import list_customers

NEWS = "news"  # the preference by which a person refuses broadcasts


def list_audience(broadcast: Broadcast) -> "QuerySet[User]":
    """The customers that the draft asks for and Telegram lets the bot write to, without those who want no news."""
    reachable = Chat.objects.filter(bot_id=broadcast.bot_id, person=OuterRef("pk"), type="private", unreachable="")
    return _willing(_chosen(broadcast).filter(Exists(reachable)))


def list_still_willing(people: Iterable[UUID]) -> set[UUID]:
    """Whom of a broadcast's recipients it may still be sent to: neither banned nor tired of news since it began."""
    return set(_willing(list_customers().filter(pk__in=list(people))).values_list("pk", flat=True))


def _willing(people: "QuerySet[User]") -> "QuerySet[User]":
    return people.exclude(preferences__contains={NEWS: False})


def _chosen(broadcast: Broadcast) -> "QuerySet[User]":
    days = broadcast.active_within_days
    customers = list_customers(
        language=broadcast.language,
        category_id=broadcast.category_id,
        seen_since=None if days is None else clock.now() - timedelta(days=days),
    )
    return customers.filter(telegram_id__isnull=False)


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What starting a draft would do. `left_out`: chosen, but unreachable or without wish for news."""

    by_language: dict[str, int]
    left_out: int

    @property
    def total(self) -> int:
        return sum(self.by_language.values())


def forecast(broadcast: Broadcast) -> Forecast:
    """The dry run: nothing is written."""
    rows = list_audience(broadcast).order_by().values_list("language").annotate(count=Count("pk"))
    by_language = {str(Language(language).label): count for language, count in rows}
    return Forecast(by_language=by_language, left_out=_chosen(broadcast).count() - sum(by_language.values()))


def count_recipients(broadcast: Broadcast) -> dict[RecipientState, int]:
    """The report: how many recipients stand in each state; states that nobody is in count 0."""
    counts = dict(broadcast.recipients.order_by().values_list("state").annotate(count=Count("pk")))
    return {state: counts.get(state.value, 0) for state in RecipientState}


def text_for(broadcast: Broadcast, language: str) -> str:
    """The text that somebody of this language gets."""
    texts = {Language.RUSSIAN.value: broadcast.text_ru, Language.ENGLISH.value: broadcast.text_en}
    return texts.get(language) or broadcast.text_ru or broadcast.text_en
