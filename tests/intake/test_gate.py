"""What one process hands a provider leaves evenly, whatever was claimed at once, and keeps no other channel waiting."""

import asyncio
from bisect import bisect_left
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import Pace
from bot.messages import ChannelName
from intake.clock import utc_now
from intake.office import Office
from intake.outgoing import gate
from intake.outgoing.gate import Gate
from intake.outgoing.sending import claim_due
from intake.settings import Settings
from tests.intake.test_sending import Provider, queue_two_each

TELEGRAM, WHATSAPP = (Settings.model_fields[f"{name}_per_second"].default for name in ("telegram", "whatsapp"))
TAKEN = {TELEGRAM: 30, WHATSAPP: 80}  # messages a second (CHANNELS B3, W)


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _departures(per_second: int, arrivals: list[float]) -> list[float]:
    """When each of those that came to the gate is through it, in seconds."""
    clock, left = Clock(), list[float]()

    async def sleep(seconds: float) -> None:
        left[-1] += seconds

    async def run() -> None:
        turns = Gate(per_second)
        for moment in sorted(arrivals):
            clock.now = 1000.0 + moment
            left.append(clock.now)
            await turns.pass_through()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "monotonic", clock)
        patch.setattr(gate.asyncio, "sleep", sleep)
        asyncio.run(run())
    return left


@pytest.mark.parametrize("per_second", sorted(TAKEN))
@given(arrivals=st.lists(st.floats(0, 3), min_size=1, max_size=300))
def test_no_second_holds_more_than_the_provider_takes(per_second: int, arrivals: list[float]) -> None:
    left = _departures(per_second, arrivals)
    assert left == sorted(left)
    most = max(bisect_left(left, moment + 1 - 1e-6) - place for place, moment in enumerate(left))
    assert most <= TAKEN[per_second]


def test_who_comes_alone_does_not_wait() -> None:
    assert _departures(TELEGRAM, [0.0, 0.5, 1.0]) == [1000.0, 1000.5, 1001.0]


def test_what_comes_at_once_leaves_at_the_pace() -> None:
    left = _departures(TELEGRAM, [0.0] * (10 * TELEGRAM + 2))
    assert left[-1] - left[0] == pytest.approx(10)


def test_it_says_when_the_next_may_be_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, turns = Clock(), Gate(2)
    monkeypatch.setattr(gate, "monotonic", clock)
    asyncio.run(turns.pass_through())
    assert turns.full_for_s() == 0
    clock.now += 0.7
    asyncio.run(turns.pass_through())
    assert turns.full_for_s() == pytest.approx(0.3)
    clock.now += 0.4
    assert turns.full_for_s() == 0


def test_a_channel_whose_turns_are_taken_keeps_no_other_waiting(office: Office) -> None:
    provider = Provider(Pace(per_second=1000))
    paced = replace(office, channels={ChannelName.CONSOLE: provider})
    queue_two_each(office, "ana", "beto", "chela")
    assert claim_due(paced, utc_now(), turns={ChannelName.CONSOLE: 0}) == []
    assert [claim.address for claim in claim_due(paced, utc_now(), turns={ChannelName.CONSOLE: 2})] == ["ana", "beto"]
