"""How often a wait looks, and what cannot be a schedule or a time-out."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from itertools import pairwise
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import Polling
from dynawait._core.patience import Patience
from dynawait.errors import InvalidArgumentError
from dynawait.polling import DEFAULT_POLLING, checked_timeout

SECONDS = st.floats(0, 1e6)
SCHEDULES = st.builds(
    lambda fraction, floor, more, jitter, grace: Polling(
        fraction=fraction, floor=floor, cap=floor + more, jitter=jitter, grace=grace
    ),
    st.floats(0, 10),
    st.floats(0.001, 100),
    st.floats(0, 1000),
    st.floats(0, 1),
    st.floats(0, 1000),
)


def looks(schedule: Polling, until: float) -> list[float]:
    """Return the moments of the looks, the last one at or after `until`."""
    moments = [0.0]
    while moments[-1] < until:
        moments.append(moments[-1] + schedule.interval(moments[-1]))
    return moments


@given(SCHEDULES, SECONDS, SECONDS)
def test_intervals(schedule: Polling, waited: float, longer: float) -> None:
    """An interval lies between floor and cap, and never shrinks."""
    interval = schedule.interval(waited)
    assert schedule.floor <= interval <= schedule.cap
    assert schedule.interval(waited + longer) >= interval


@given(SCHEDULES, SECONDS)
def test_intervals_are_proportional_in_between(
    schedule: Polling, waited: float
) -> None:
    """Off the bounds, the next look comes after a share of the time waited."""
    interval = schedule.interval(waited)
    assert interval in (schedule.floor, schedule.cap, schedule.fraction * waited)


@pytest.mark.parametrize(
    ("duration", "most"), [(0.5, 3), (5, 20), (60, 52), (600, 112), (7200, 807)]
)
def test_default_schedule_is_prompt_and_cheap(duration: float, most: int) -> None:
    """By default an end is noticed within 8 % or the floor, for a few looks."""
    moments = looks(DEFAULT_POLLING, duration)
    latest = max(DEFAULT_POLLING.floor, 0.08 * duration)
    assert moments[-1] - duration <= latest
    assert len(moments) <= most


def test_looks_never_stand_still() -> None:
    """Whatever the schedule, time passes between two looks."""
    moments = looks(Polling(fraction=0, floor=0.5, cap=0.5), 100)
    assert {later - sooner for sooner, later in pairwise(moments)} == {0.5}


def test_defaults() -> None:
    """A Polling without arguments is the default schedule."""
    assert Polling() == DEFAULT_POLLING == Patience(None).schedule
    assert Polling().grace == 10.0


def test_polling_is_a_value() -> None:
    """It compares, hashes, pickles and copies by value, and cannot change."""
    schedule: Any = Polling(floor=1, cap=2)
    assert schedule == Polling(floor=1, cap=2) != Polling()
    assert len({schedule, copy.deepcopy(schedule), Polling(floor=1, cap=2)}) == 1
    assert pickle.loads(pickle.dumps(schedule)) == schedule  # noqa: S301 - our own bytes
    with pytest.raises(dataclasses.FrozenInstanceError):
        schedule.floor = 3
    assert dataclasses.replace(schedule, cap=5).cap == 5
    with pytest.raises(InvalidArgumentError):
        dataclasses.replace(schedule, cap=0.5)


@pytest.mark.parametrize("name", ["fraction", "floor", "cap", "jitter", "grace"])
@pytest.mark.parametrize("value", [-1, -0.001, nan, inf, -inf, "1", None, True, [1]])
def test_what_cannot_be_a_schedule(name: str, value: Any) -> None:
    """Every field refuses what is negative, not finite or no number, by its name."""
    with pytest.raises(InvalidArgumentError, match="got") as caught:
        Polling(**{name: value})
    assert caught.value.argument == f"Polling.{name}"
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "argument"),
    [
        ({"floor": 0}, "Polling.floor"),
        ({"floor": 10, "cap": 9.99}, "Polling.cap"),
        ({"cap": 0}, "Polling.cap"),
        ({"jitter": 1.01}, "Polling.jitter"),
    ],
)
def test_fields_that_do_not_fit(fields: dict[str, float], argument: str) -> None:
    """A floor of nothing, a cap below the floor and a jitter above one are refused."""
    with pytest.raises(InvalidArgumentError) as caught:
        Polling(**fields)
    assert caught.value.argument == argument


@pytest.mark.parametrize(
    "fields",
    [
        {"fraction": 0},
        {"jitter": 0},
        {"jitter": 1},
        {"grace": 0},
        {"floor": 5, "cap": 5},
        {"floor": 1e-9},
    ],
)
def test_bounds_that_are_allowed(fields: dict[str, float]) -> None:
    """The bounds themselves are schedules."""
    assert Polling(**fields).interval(1) > 0


@pytest.mark.parametrize(
    ("timeout", "checked"), [(None, None), (0, 0.0), (0.001, 0.001), (5, 5.0)]
)
def test_timeouts(timeout: float | None, checked: float | None) -> None:
    """None, nothing, and any number of seconds are time-outs."""
    assert checked_timeout(timeout) == checked
    assert Patience(timeout).timeout == timeout


def test_an_infinite_timeout_is_one() -> None:
    """Infinity is for ever."""
    assert checked_timeout(inf) == inf


@pytest.mark.parametrize("timeout", [-1, -0.001, nan, -inf, "10", True, [10], "None"])
def test_what_cannot_be_a_timeout(timeout: Any) -> None:
    """What is negative, NaN or no number is refused with what would be right."""
    for check in (checked_timeout, Patience):
        with pytest.raises(InvalidArgumentError, match=r"expected .*seconds") as caught:
            check(timeout)
        assert caught.value.argument == "timeout"
        assert repr(timeout) in str(caught.value)


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"polling": 5}, "polling"),
        ({"polling": {"floor": 1}}, "polling"),
        ({"polling": Polling}, "polling"),
        ({"missing": "ignore"}, "missing"),
        ({"missing": None}, "missing"),
        ({"missing": True}, "missing"),
    ],
)
def test_what_cannot_be_an_option(options: dict[str, Any], argument: str) -> None:
    """A schedule that is no Polling and an unknown word are refused by name."""
    with pytest.raises(InvalidArgumentError) as caught:
        Patience(None, **options)
    assert caught.value.argument == argument


def test_patience_is_counted_from_the_beginning() -> None:
    """A call made of several waits has one budget, counted from when it began."""
    patience = Patience(10, missing="fail")
    assert patience.since(4.0) == Patience(10, missing="fail", started=4.0)
    assert patience.started is None
