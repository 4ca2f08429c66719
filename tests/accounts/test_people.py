"""Telegram names a person by a number; everything else about them may change."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from accounts import clock
from accounts.models import Language, Role, User
from accounts.services.people import TelegramProfile, remember_telegram_person

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("code", "language"), [("ru", "ru"), ("uk", "ru"), ("", "ru"), ("en-GB", "en"), ("de", "en")])
def test_a_stranger_becomes_a_customer_in_the_nearest_language(code: str, language: str) -> None:
    user = remember_telegram_person(TelegramProfile(telegram_id=42, first_name="Kim", language_code=code))
    assert (user.role, user.name, user.language) == (Role.CUSTOMER, "Kim", language)


def test_names_follow_telegram_and_what_was_chosen_here_stays(anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(language=Language.RUSSIAN)
    user = remember_telegram_person(
        TelegramProfile(telegram_id=601, first_name="Ann", username="ann", language_code="en")
    )
    assert (user.pk, user.name, user.username) == (anna.pk, "Ann", "ann")
    assert (user.role, user.language) == (Role.AGENT, Language.RUSSIAN)


def test_a_name_that_cannot_be_stored_is_repaired() -> None:
    profile = TelegramProfile(telegram_id=42, first_name="\x00\u202eK\ud800" + "x" * 500, username="u" * 100)
    user = remember_telegram_person(profile)
    user.refresh_from_db()
    assert user.first_name.startswith("K\ufffdx")
    assert (len(user.first_name), len(user.username)) == (128, 64)


@pytest.mark.parametrize("blank", ["\u200b\u200b", "\u3164\u2800", " \ufe0f"])
def test_a_name_that_nobody_would_see_is_none(blank: str) -> None:
    profile = TelegramProfile(telegram_id=42, first_name=blank, last_name=blank)
    assert remember_telegram_person(profile).name == "#42"
    User.objects.update(first_name=blank)  # as it was kept before
    assert remember_telegram_person(profile).name == "#42"
    assert User.objects.get().name == "#42"
    seen = remember_telegram_person(TelegramProfile(telegram_id=42, first_name="👩\u200d🔧", last_name=blank))
    assert seen.name == "👩\u200d🔧", "joined by an invisible one, and kept whole"
    assert remember_telegram_person(profile).name == "👩\u200d🔧"
    assert remember_telegram_person(replace(profile, username="other")).username == "other"


def test_when_somebody_was_here_is_known_to_five_minutes(vera: User) -> None:
    profile = TelegramProfile(telegram_id=501, first_name="Vera")
    first = remember_telegram_person(profile).last_seen_at
    assert remember_telegram_person(profile).last_seen_at == first
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert remember_telegram_person(profile).last_seen_at > first
