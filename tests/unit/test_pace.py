"""The rate cap: spacing without bursts, slower when throttled, fast again after."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.board import Board
from dynawait._core.pace import DEFAULT_RATE, SLOWEST, SMALL_RATE, Pacer

STEPS = st.lists(
    st.tuples(st.floats(0, 2), st.sampled_from(["slow_down", "speed_up", "nothing"])),
    max_size=60,
)


@given(st.floats(0.01, 1000), STEPS)
def test_two_calls_are_never_closer_than_the_interval(
    limit: float, steps: list[tuple[float, str]]
) -> None:
    """Whatever happens in between, calls keep the interval that held before them."""
    pacer = Pacer(limit)
    now = 0.0
    calls: list[tuple[float, float]] = []
    for pause, event in steps:
        now += pause
        moment = pacer.reserve(now)
        assert moment >= now
        calls.append((moment, 1 / pacer.rate))
        if event == "slow_down":
            pacer.slow_down()
        elif event == "speed_up":
            pacer.speed_up()
    for (sooner, interval), (later, _) in pairwise(calls):
        assert later - sooner >= interval * 0.999


@given(STEPS)
def test_the_rate_stays_within_bounds(steps: list[tuple[float, str]]) -> None:
    """No number of throttles stops the group, no number of successes lifts the cap."""
    pacer = Pacer(64)
    for _, event in steps:
        if event == "slow_down":
            pacer.slow_down()
        elif event == "speed_up":
            pacer.speed_up()
        assert 64 * SLOWEST <= pacer.rate <= 64


def test_a_free_pacer_does_not_delay() -> None:
    """The first call, and one after a rest, go at once."""
    pacer = Pacer(2)
    assert pacer.reserve(100.0) == 100.0
    assert pacer.reserve(100.0) == 100.5
    assert pacer.reserve(200.0) == 200.0


def test_idle_time_is_not_saved_up() -> None:
    """After a rest there is no burst: ten calls a second stay ten calls a second."""
    pacer = Pacer(10)
    moments = [pacer.reserve(1000.0) for _ in range(21)]
    assert moments[-1] == pytest.approx(1002.0)


def test_throttling_halves_the_pace_and_success_takes_it_back() -> None:
    """One throttle halves the rate; twenty successes at most bring it back."""
    pacer = Pacer(100)
    pacer.slow_down()
    assert pacer.rate == 50
    pacer.speed_up()
    assert pacer.rate == 55
    for _ in range(20):
        pacer.slow_down()
    assert pacer.rate == 100 * SLOWEST
    for _ in range(20):
        pacer.speed_up()
    assert pacer.rate == 100


@pytest.mark.parametrize(
    ("operation", "rate"),
    [
        ("DescribeTable", DEFAULT_RATE),
        ("Query", DEFAULT_RATE),
        ("PutItem", DEFAULT_RATE),
        ("DescribeContinuousBackups", SMALL_RATE),
        ("DescribeTimeToLive", SMALL_RATE),
        ("AnOperationOfTomorrow", SMALL_RATE),
    ],
)
def test_rates_of_operations(operation: str, rate: float) -> None:
    """DescribeTable may be called often; other operations have small buckets."""
    assert Pacer.of_operation(operation).limit == rate
    assert rate < 2500  # the control plane's own limit, per account and second


def test_one_pacer_for_an_operation() -> None:
    """All waits of a client keep one pace for an operation, and one for each."""
    board = Board()
    assert board.pacer("DescribeTable") is board.pacer("DescribeTable")
    assert board.pacer("DescribeTable") is not board.pacer("DescribeTimeToLive")
    assert Board().pacer("DescribeTable") is not board.pacer("DescribeTable")
