"""How fast the bot sends: never faster than Telegram allows, hardly slower."""

import pytest

from telegram_bot.delivery.pace import LOOK_AHEAD, Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def send_all(pace: Pace, clock: Clock, queues: list[int], seconds: float) -> list[float]:
    """The times at which calls went out, one always waiting."""
    times, end, number = [], clock.now + seconds, 0
    while clock.now < end:
        queue = queues[number % len(queues)]
        if pace.room() > 0 and queue not in set(pace.not_now()):
            times.append(clock.now + pace.take(queue, "sendMessage"))
            number += 1
        clock.now += 0.002
    return times


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(begin <= time < begin + seconds for time in times) for begin in times)


def test_over_many_chats_it_sends_what_telegram_allows(pace: Pace, clock: Clock) -> None:
    times = send_all(pace, clock, list(range(1, 500)), 10)
    assert most_within(times, 1) <= 30
    assert len(times) >= 10 * 30 * 0.95


def test_turns_are_given_a_moment_ahead_and_no_further(pace: Pace, clock: Clock) -> None:
    room = pace.room()
    turns = [pace.take(chat, "sendMessage") for chat in range(1, room + 1)]
    assert turns[0] == 0
    assert turns == sorted(turns)
    assert turns[-1] <= LOOK_AHEAD
    assert pace.room() == 0
    clock.now += LOOK_AHEAD
    assert pace.room() > 0


def test_a_chat_is_nearly_full_where_one_call_more_leaves_no_room(pace: Pace, clock: Clock) -> None:
    pace.take(5, "sendMessage")
    assert list(pace.nearly_full()) == []
    pace.take(5, "sendMessage")
    assert list(pace.nearly_full()) == [5]
    assert list(pace.not_now()) == []
    clock.now += 1
    assert list(pace.nearly_full()) == []


def test_one_chat_gets_a_small_burst_and_then_one_a_second(pace: Pace, clock: Clock) -> None:
    times = send_all(pace, clock, [5], 20)
    assert most_within(times, 1) <= 4
    assert 20 <= len(times) <= 24


def test_a_group_gets_at_most_twenty_a_minute(pace: Pace, clock: Clock) -> None:
    times = send_all(pace, clock, [-5], 120)
    assert most_within(times, 60) <= 20


def test_a_refused_chat_waits_and_the_others_do_not(pace: Pace, clock: Clock) -> None:
    pace.refused(5, 30)
    assert 5 in set(pace.not_now())
    assert pace.room() > 0
    clock.now += 31
    assert 5 not in set(pace.not_now())


def test_refusals_of_three_chats_stop_all(pace: Pace, clock: Clock) -> None:
    for chat in (1, 2, 3):
        pace.refused(chat, 5)
    assert pace.room() == 0
    clock.now += 6
    assert pace.room() > 0


def test_a_refusal_of_what_has_no_chat_stops_no_message(pace: Pace, clock: Clock) -> None:
    pace.refused(None, 3000)
    assert pace.is_free_paused()
    assert not pace.is_free_paused(files=True)
    assert pace.room() > 0
    clock.now += 21
    assert not pace.is_free_paused()
    pace.refused(None, 5, files=True)
    assert (pace.is_free_paused(files=True), pace.is_free_paused()) == (True, False), "buttons wait for no files"


def test_chats_are_forgotten_when_they_may_write_freely_again(pace: Pace, clock: Clock) -> None:
    for chat in range(100):
        pace.take(chat + 1, "sendMessage")
    clock.now += 60
    list(pace.not_now())
    assert not pace._chats


def test_what_puts_no_message_costs_no_turn(pace: Pace, clock: Clock) -> None:
    """Removals and signs go beside the messages."""
    for _removal in range(100):
        assert pace.take(5, "deleteMessage") == 0
        assert pace.take(5, "setMessageReaction") == 0
    assert pace.take(5, "sendMessage") == 0


def test_a_turn_that_was_not_needed_is_anothers(pace: Pace, clock: Clock) -> None:
    """Of a card that stands as it should already."""
    for chat in range(1, 100):
        pace.take(chat, "editMessageText")
        pace.give_back(chat, "editMessageText")
    assert pace.take(7, "sendMessage") == 0
    assert len(send_all(pace, clock, list(range(100, 600)), 10)) <= 10 * 30
