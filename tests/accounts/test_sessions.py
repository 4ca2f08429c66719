"""Staying signed in: rotation, a lost answer, a stolen token, a race, the end of a sign-in."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import jwt
import pytest
import time_machine
from django.conf import settings
from django.db import connection

from accounts import clock, tokens
from accounts.errors import Unauthenticated
from accounts.models import RefreshSession, SocketTicket, Team, User
from accounts.selectors.sessions import find_live_session, get_signed_in_person
from accounts.services.sessions import (
    AccountDisabled,
    SessionEnded,
    create_socket_ticket,
    is_session_alive,
    redeem_socket_ticket,
    refresh_session,
    start_session,
)
from accounts.services.signing_out import sign_out, sign_out_everywhere

pytestmark = pytest.mark.django_db


def test_a_refresh_gives_the_next_tokens_of_the_same_sign_in(vera: User) -> None:
    first = start_session(vera)
    second = refresh_session(first.refresh)
    assert (second.family, second.refresh != first.refresh) == (first.family, True)
    assert get_signed_in_person(tokens.read_access_token(second.access)) == vera


def test_a_refresh_whose_answer_was_lost_gives_the_same_token_again(vera: User) -> None:
    first = start_session(vera)
    assert refresh_session(first.refresh).refresh == refresh_session(first.refresh).refresh


def test_a_token_used_after_its_successor_ends_the_whole_sign_in(vera: User) -> None:
    first = start_session(vera)
    second = refresh_session(first.refresh)
    third = refresh_session(second.refresh)
    with pytest.raises(SessionEnded):
        refresh_session(first.refresh)
    with pytest.raises(SessionEnded):
        refresh_session(third.refresh)


@pytest.mark.parametrize("wrong", ["", "x", ".", "00000000-0000-0000-0000-000000000000.x", "\ud800.x", "a" * 500])
def test_nonsense_is_no_refresh_token(vera: User, wrong: str) -> None:
    with pytest.raises(SessionEnded):
        refresh_session(wrong)


def test_a_guess_by_somebody_who_knows_the_family_ends_nothing(vera: User) -> None:
    signed_in = start_session(vera)
    with pytest.raises(SessionEnded):
        refresh_session(f"{signed_in.family}.guess")
    assert refresh_session(signed_in.refresh)


@pytest.mark.django_db(transaction=True)
def test_a_refresh_raced_by_eight_has_one_successor(vera: User) -> None:
    first, start, results = start_session(vera), Barrier(8), []

    def refresh() -> None:
        start.wait()
        results.append(refresh_session(first.refresh).refresh)
        connection.close()

    threads = [Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(results), len(set(results))) == (8, 1)


def test_access_ends_with_the_sign_in_the_ban_and_the_time(vera: User) -> None:
    signed_in = start_session(vera)
    claims = tokens.read_access_token(signed_in.access)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False), pytest.raises(Unauthenticated):
        tokens.read_access_token(signed_in.access)
    sign_out(user_id=vera.pk, family=signed_in.family)
    with pytest.raises(Unauthenticated):
        get_signed_in_person(claims)
    again = start_session(vera)
    User.objects.filter(pk=vera.pk).update(is_active=False)
    with pytest.raises(Unauthenticated):
        get_signed_in_person(tokens.read_access_token(again.access))
    vera.refresh_from_db()
    with pytest.raises(AccountDisabled):
        start_session(vera)


def test_who_is_banned_is_told_so_by_the_last_token_of_their_sign_in_alone(vera: User, gleb: User) -> None:
    first = start_session(vera)
    last = refresh_session(first.refresh)
    other = start_session(gleb)
    for user in (vera, gleb):
        sign_out_everywhere(user_id=user.pk)
    User.objects.filter(pk=vera.pk).update(is_active=False)
    for refresh in (last.refresh, first.refresh):  # the answer to the last refresh may have been lost
        with pytest.raises(AccountDisabled):
            refresh_session(refresh)
    for refresh in (f"{last.family}.guessed", other.refresh):
        with pytest.raises(SessionEnded):
            refresh_session(refresh)


def test_the_statement_written_by_hand_finds_whom_the_plain_query_finds(vera: User, gleb: User) -> None:
    User.objects.filter(pk=vera.pk).update(team=Team.objects.create(name="Printers"), preferences={"sound": False})
    signed_in = start_session(vera)
    claims = tokens.read_access_token(signed_in.access)
    plain, found = find_live_session(signed_in.family), get_signed_in_person(claims)
    assert plain is not None
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(plain.user, field.attname), field.name
    assert found.get_deferred_fields() == set()
    with pytest.raises(Unauthenticated):
        get_signed_in_person(replace(claims, user_id=gleb.pk))
    RefreshSession.objects.filter(pk=signed_in.family).update(expires_at=clock.now())
    assert find_live_session(signed_in.family) is None
    with pytest.raises(Unauthenticated):
        get_signed_in_person(claims)


def test_signing_out_everywhere_ends_every_sign_in_of_this_person_only(vera: User, gleb: User) -> None:
    families = [start_session(vera).family for _ in range(2)]
    other = start_session(gleb).family
    sign_out_everywhere(user_id=vera.pk)
    assert [is_session_alive(family) for family in (*families, other)] == [False, False, True]


def test_nobody_signs_out_another(vera: User, gleb: User) -> None:
    family = start_session(vera).family
    sign_out(user_id=gleb.pk, family=family)
    assert is_session_alive(family)


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_tokens_of_another_algorithm_key_or_audience_are_refused(vera: User, algorithm: str) -> None:
    signed_in = start_session(vera)
    claims = {"iss": "desk", "aud": "desk.api", "sub": str(vera.pk), "family": str(signed_in.family)}
    now = int(clock.now().timestamp())
    forged = jwt.encode(
        {**claims, "iat": now, "exp": now + 60},
        None if algorithm == "none" else settings.JWT_SIGNING_KEY * 2,
        algorithm=algorithm,
    )
    for token in (forged, signed_in.files_token, signed_in.access + "x", "", "a.b.c"):
        with pytest.raises(Unauthenticated):
            tokens.read_access_token(token)
    with pytest.raises(Unauthenticated):
        tokens.read_files_token(signed_in.access)


def test_a_socket_ticket_works_once_and_for_thirty_seconds(vera: User) -> None:
    family = start_session(vera).family
    ticket, late = create_socket_ticket(vera, family), create_socket_ticket(vera, family)
    assert redeem_socket_ticket(ticket) == (vera, family)
    for used in (ticket, "nonsense", "\ud800"):
        with pytest.raises(Unauthenticated):
            redeem_socket_ticket(used)
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=False), pytest.raises(Unauthenticated):
        redeem_socket_ticket(late)
    assert not SocketTicket.objects.exists()


def test_a_socket_ticket_dies_with_its_sign_in(vera: User) -> None:
    family = start_session(vera).family
    ticket = create_socket_ticket(vera, family)
    sign_out(user_id=vera.pk, family=family)
    with pytest.raises(Unauthenticated):
        redeem_socket_ticket(ticket)
