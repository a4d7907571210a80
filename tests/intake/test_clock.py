"""A machine whose clock is set back, by hand or by another one, holds nothing back."""

from datetime import datetime, timedelta

from intake.clock import SLIP, Onward, at, utc_now

NOON = datetime.fromisoformat("2026-11-25T18:00:00+00:00")
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def test_time_goes_on_while_the_machines_is_behind_and_is_caught_up_with() -> None:
    clock = Onward()
    assert clock.now(NOON, 100) == NOON
    assert clock.now(NOON + SECOND, 101) == NOON + SECOND
    back = NOON + SECOND * 2 - HOUR
    assert clock.now(back, 102) == NOON + SECOND * 1.5
    assert clock.now(back + HOUR / 2, 102 + 1800) == NOON + SECOND * 1.5 + HOUR / 4
    assert clock.now(back + HOUR * 2, 102 + 7200) == back + HOUR * 2


def test_what_is_set_forward_is_believed_at_once() -> None:
    clock = Onward()
    clock.now(NOON, 100)
    assert clock.now(NOON + HOUR, 100) == NOON + HOUR


def test_it_never_goes_back_whatever_is_done_to_the_machine() -> None:
    clock, moments = Onward(), []
    for count, minutes in enumerate((0, 5, -60, 3, -600, -599, 6, 1, 900, 0)):
        moments.append(clock.now(NOON + timedelta(minutes=minutes), 100.0 + count))
    assert moments == sorted(moments)


def test_what_was_more_than_a_day_ahead_does_not_stay_so() -> None:
    clock = Onward()
    clock.now(NOON + 365 * SLIP, 100)
    assert clock.now(NOON, 101) == NOON
    assert clock.now(NOON + SECOND, 102) == NOON + SECOND


def test_a_fixed_moment_stands() -> None:
    with at(NOON):
        assert utc_now() == NOON
    assert utc_now() <= utc_now()
