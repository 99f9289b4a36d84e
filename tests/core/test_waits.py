"""One wait: its schedule, its deadline, its last look."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait import Polling, TableState, WaitTimeoutError
from tests.core.fakes import (
    ACTIVE,
    CREATING,
    Listener,
    Script,
    by_time,
    in_turn,
    table,
    wait,
)

SEEDS = st.integers(0, 2**32)


def test_satisfied_at_once() -> None:
    """What holds already takes one call and no time besides the call's own."""
    script = Script(in_turn(ACTIVE), latency=0.05)
    state = wait(script)
    assert state.status == "ACTIVE"
    assert len(script.calls) == 1
    assert script.ended == pytest.approx(0.05)


@settings(deadline=None, max_examples=60)
@given(duration=st.floats(0.01, 8000), latency=st.floats(0, 0.5), seed=SEEDS)
def test_noticing(duration: float, latency: float, seed: int) -> None:
    """A transition is noticed within the promised fraction of its duration."""
    polling = Polling()
    script = Script(by_time((0, CREATING), (duration, ACTIVE)), latency=latency)
    wait(script, seed=seed, timeout=None)
    bound = polling.interval(duration + latency) * (1 + polling.jitter) + 2 * latency
    assert 0 <= script.ended - duration <= bound + 1e-6


@settings(deadline=None, max_examples=40)
@given(
    fraction=st.floats(0.01, 1),
    floor=st.floats(0.1, 5),
    spread=st.floats(0, 60),
    jitter=st.floats(0, 1),
    seed=SEEDS,
)
def test_schedule(
    fraction: float, floor: float, spread: float, jitter: float, seed: int
) -> None:
    """Two looks are never closer than the schedule says, nor further apart."""
    polling = Polling(fraction=fraction, floor=floor, cap=floor + spread, jitter=jitter)
    script = Script(by_time((0, CREATING), (300, ACTIVE)))
    wait(script, seed=seed, polling=polling)
    for moment, gap in zip(script.sent[:-1], script.gaps, strict=True):
        interval = polling.interval(moment)
        assert gap >= interval * (1 - jitter / 2) - 1e-6
        # The rate cap of the client may add its hundredth of a second.
        assert gap <= interval * (1 + jitter / 2) + 0.01 + 1e-6


def test_jitter() -> None:
    """Waits with different seeds look at different times; the mean is the schedule."""
    seconds = []
    for seed in range(200):
        script = Script(in_turn(CREATING, ACTIVE))
        wait(script, seed=seed, polling=Polling(floor=10, cap=10, jitter=0.5))
        seconds.append(script.ended)
    assert min(seconds) == pytest.approx(7.5, abs=0.1)
    assert max(seconds) == pytest.approx(12.5, abs=0.1)
    assert sum(seconds) / len(seconds) == pytest.approx(10, abs=0.3)


@settings(deadline=None, max_examples=60)
@given(timeout=st.floats(0.001, 4000), latency=st.floats(0, 3), seed=SEEDS)
def test_deadline(timeout: float, latency: float, seed: int) -> None:
    """A wait ends at its timeout and not a moment later, a short one as well."""
    script = Script(in_turn(CREATING), latency=latency)
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, seed=seed, timeout=timeout)
    assert script.ended == pytest.approx(timeout, abs=1e-6)
    assert caught.value.elapsed == pytest.approx(timeout, abs=1e-6)


@pytest.mark.parametrize("latency", [0.0, 3.0])
def test_timeout_zero_looks_once(latency: float) -> None:
    """With timeout=0 there is one look, and it is awaited to its end."""
    script = Script(in_turn(CREATING), latency=latency)
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, timeout=0)
    assert len(script.calls) == caught.value.polls == 1
    assert caught.value.pending == ("table is CREATING",)
    assert wait(Script(in_turn(ACTIVE), latency=latency), timeout=0).exists


@settings(deadline=None, max_examples=60)
@given(
    timeout=st.floats(1, 4000),
    before=st.floats(0.3, 0.9),
    latency=st.floats(0, 0.1),
    seed=SEEDS,
)
def test_last_look(timeout: float, before: float, latency: float, seed: int) -> None:
    """What happened shortly before the deadline is seen by a last look."""
    script = Script(by_time((0, CREATING), (timeout - before, ACTIVE)), latency=latency)
    assert wait(script, seed=seed, timeout=timeout).status == "ACTIVE"
    assert script.ended <= timeout


def test_one_last_look_only() -> None:
    """The last look is one look, not the first of many."""
    script = Script(in_turn(CREATING), latency=0.01)
    with pytest.raises(WaitTimeoutError):
        wait(script, timeout=1000, polling=Polling(floor=50, cap=50))
    assert [moment for moment in script.sent if moment > 960] == [
        pytest.approx(1000 - 0.02)
    ]


def test_the_time_out_says_what_was_seen() -> None:
    """A time-out carries the last state, what is pending, for how long, how often."""
    listener = Listener()
    script = Script(by_time((0, CREATING), (20, table("UPDATING"))))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, timeout=30, on_event=listener)
    error = caught.value
    assert isinstance(error, TimeoutError)
    assert error.table == "orders"
    assert isinstance(error.state, TableState)
    assert error.state.status == "UPDATING"
    assert error.pending == ("table is UPDATING",)
    assert error.polls == len(script.calls)
    assert error.__cause__ is None
    assert "timed out after 30.0 s (timeout=30)" in str(error)
    assert "table_active()" in str(error)
    assert "table is UPDATING" in str(error)


def test_no_answer_in_time() -> None:
    """When no call was answered the time-out says that nothing was seen."""
    script = Script(in_turn(ACTIVE), latency=60)
    with pytest.raises(WaitTimeoutError, match="nothing was seen") as caught:
        wait(script, timeout=5)
    assert caught.value.state is None
    assert caught.value.polls == 0


def test_for_ever() -> None:
    """Without a timeout a wait of two weeks is no failure."""
    fortnight = 14 * 86_400
    script = Script(by_time((0, CREATING), (fortnight, ACTIVE)))
    wait(script, timeout=None, polling=Polling(cap=600))
    assert fortnight <= script.ended <= fortnight + 660


def test_few_calls() -> None:
    """A wait costs calls by the logarithm of its duration until the cap is reached."""
    script = Script(by_time((0, CREATING), (60, ACTIVE)))
    wait(script)
    assert len(script.calls) <= 56


def test_unknown_statuses_are_pending() -> None:
    """A status that the library does not know is waited out."""
    script = Script(
        by_time((0, table("MIGRATING")), (5, table("ADAPTING")), (9, ACTIVE))
    )
    assert wait(script).status == "ACTIVE"
