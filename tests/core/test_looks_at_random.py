"""Shared looks under random arrivals, cancellations, deadlines and failures."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import dynawait
from dynawait import WaitTimeoutError
from tests.core.askers import PACE, Asker, ask, cancelled_at
from tests.core.fakes import (
    ACTIVE,
    BROKEN,
    CREATING,
    NO_TABLE,
    Call,
    Script,
    by_time,
    in_turn,
    play,
)


@st.composite
def crowds(draw: st.DrawFn, *, steadfast: bool) -> list[Asker]:
    """Draw people who ask at random; only the steadfast stay to the end."""
    seconds = st.floats(0, 5).map(lambda value: round(value, 2))
    crowd = []
    for _ in range(draw(st.integers(1, 12))):
        asker = Asker(draw(seconds), draw(seconds), draw(st.sampled_from([0, 0.3, 2])))
        if not steadfast:
            asker.patience = draw(st.sampled_from([inf, 0.0, 0.7, 2.5, 6.0]))
            asker.abandon = asker.patience != 0
            asker.cancelled_after = draw(st.sampled_from([None, None, 0.0, 0.4, 1.9]))
        crowd.append(asker)
    return crowd


def latencies(longest: float) -> Any:
    """Return latencies that differ from call to call, always in the same way."""
    return lambda call: longest * ((call.number * 7919) % 13) / 12


@settings(deadline=None, max_examples=200)
@given(
    askers=crowds(steadfast=True),
    longest=st.sampled_from([0, 0.05, 1.0, 3.0]),
    seed=st.integers(0, 2**32),
)
def test_everybody_is_served(askers: list[Asker], longest: float, seed: int) -> None:
    """Everybody gets a look sent after he came, and as early as one call in flight
    at a time allows.
    """
    note(f"seed {seed}")
    script = Script(in_turn(CREATING, BROKEN, NO_TABLE), latency=latencies(longest))
    ask(script, *askers, seed=seed)
    assert script.most_at_once() <= 1
    for asker in askers:
        assert asker.seen is not None
        assert asker.seen.sent >= asker.arrives
        # The latest that he asks for, or the end of a call that was then in flight.
        assert asker.seen.sent <= asker.due + asker.span + longest + 2 * PACE
        assert asker.ended == asker.seen.seen


@settings(deadline=None, max_examples=400)
@given(
    askers=crowds(steadfast=False),
    longest=st.sampled_from([0, 0.05, 1.0, 3.0]),
    seed=st.integers(0, 2**32),
    error_at=st.integers(0, 5),
)
def test_nobody_hangs(
    askers: list[Asker], longest: float, seed: int, error_at: int
) -> None:
    """Whatever leaders do, everybody ends by his own time, with a look of his own."""
    note(f"seed {seed}")

    def answer(call: Call) -> Any:
        return ZeroDivisionError() if call.number == error_at else CREATING

    script = Script(answer, latency=latencies(longest))
    ask(script, *askers, seed=seed)
    assert script.most_at_once() <= 1
    for asker in askers:
        assert asker.ended is not None
        if asker.cancelled_after is not None:
            assert asker.ended <= asker.arrives + asker.cancelled_after + 1e-9
        if asker.seen is not None:
            assert asker.seen.sent >= asker.arrives
        elif asker.cancelled_after is None:
            assert asker.abandon
            assert asker.patience < inf
            assert asker.ended == pytest.approx(asker.arrives + asker.patience)


@pytest.mark.parametrize("seed", range(30))
def test_waits_that_come_and_go(seed: int) -> None:
    """Waits that start, time out and are cancelled at random never disturb others."""
    script = Script(by_time((0, CREATING), (25, ACTIVE)), latency=latencies(1.5))
    outcomes: list[str] = []

    async def actor(client: Any) -> None:
        gateway = client.gateway

        async def waiter() -> None:
            await gateway.sleep(gateway.jitter(50))
            timeout, started = gateway.jitter(60), gateway.now()
            work = dynawait.wait_for_table_active(client, "orders", timeout=timeout)
            try:
                state = await work
            except WaitTimeoutError:
                assert gateway.now() == pytest.approx(started + timeout)
                outcomes.append("timed out")
            else:
                assert state.status == "ACTIVE"
                outcomes.append("active")

        await gateway.gather(
            cancelled_at(gateway, gateway.jitter(90), waiter()) for _ in range(40)
        )

    play(script, actor, seed=seed)
    assert script.most_at_once() == 1
    assert set(outcomes) <= {"active", "timed out"}
    assert "active" in outcomes
