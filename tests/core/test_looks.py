"""Looks that several waiters share, and how the lead is handed over."""

from __future__ import annotations

from typing import Any

import pytest

import dynawait
from tests.core.askers import PACE, Asker, ask
from tests.core.fakes import (
    ACTIVE,
    CREATING,
    Script,
    ScriptedClient,
    by_operation,
    by_time,
    in_turn,
    index,
    play,
    play_all,
    table,
    wait,
)


def test_shared() -> None:
    """Whoever asks at the same time gets the same look."""
    script = Script(in_turn(CREATING), latency=1)
    askers = [Asker(0, delay=0.5) for _ in range(100)]
    ask(script, *askers)
    assert len(script.calls) == 1
    assert len({id(asker.seen) for asker in askers}) == 1


def test_nobody_joins_a_call_in_flight() -> None:
    """Who comes while a call is in flight gets a later one, sent when that is over."""
    script = Script(in_turn(CREATING, ACTIVE), latency=2)
    first, second, third = Asker(0), Asker(0.5), Asker(1.9)
    ask(script, first, second, third)
    assert len(script.calls) == 2
    assert script.most_at_once() == 1
    assert second.seen is third.seen
    assert first.status == "CREATING"
    assert second.status == "ACTIVE"
    assert script.sent[1] == pytest.approx(2, abs=PACE)


def test_the_hastiest_leads() -> None:
    """The look is made when the most impatient wants it, and serves all."""
    script = Script(in_turn(CREATING))
    patient, hasty = Asker(0, delay=60, span=6), Asker(5, delay=3)
    ask(script, patient, hasty)
    assert script.sent == [pytest.approx(8)]
    assert patient.seen is hasty.seen


def test_a_span_is_a_freedom() -> None:
    """Of two spans that overlap one look serves both; it lies in the span it serves."""
    script = Script(in_turn(CREATING))
    ask(script, Asker(0, delay=10, span=4), Asker(0, delay=8, span=4))
    (sent,) = script.sent
    assert 8 <= sent <= 12


def test_handed_over_after_a_cancellation() -> None:
    """A leader who is cancelled before the call hands over; nobody waits longer."""
    script = Script(in_turn(CREATING))
    leader, other = Asker(0, delay=5, cancelled_after=2), Asker(1, delay=4)
    ask(script, leader, other)
    assert leader.seen is None
    assert leader.ended == pytest.approx(2)
    assert other.seen is not None
    assert script.sent == [pytest.approx(5)]


def test_handed_over_in_flight() -> None:
    """A leader who is cancelled in the call hands over, and the call is repeated."""
    script = Script(in_turn(CREATING), latency=2)
    leader, other = Asker(0, delay=1, cancelled_after=2), Asker(0.5, delay=0.5)
    ask(script, leader, other)
    assert leader.seen is None
    assert other.seen is not None
    assert script.sent == [pytest.approx(1), pytest.approx(2, abs=PACE)]


def test_handed_over_at_a_deadline() -> None:
    """A leader whose deadline comes hands over, before the call and during it."""
    script = Script(in_turn(CREATING), latency=2)
    sleepy, quick = Asker(0, delay=9, patience=1), Asker(0, patience=1)
    others = [Asker(0, delay=4), Asker(0.5)]
    ask(script, sleepy, quick, *others)
    assert sleepy.seen is quick.seen is None
    assert sleepy.ended == quick.ended == pytest.approx(1)
    assert all(other.seen is not None for other in others)


def test_the_deadline_of_one_who_follows() -> None:
    """One who does not lead gives up at his own deadline; the leader goes on."""
    script = Script(in_turn(CREATING), latency=2)
    leader, follower = Asker(0, delay=1), Asker(0.5, delay=0.5, patience=1)
    ask(script, leader, follower)
    assert follower.seen is None
    assert follower.ended == pytest.approx(1.5)
    assert leader.seen is not None
    assert len(script.calls) == 1


def test_who_left_inherits_nothing() -> None:
    """One who gave up during a call is not handed the lead when the leader goes too."""
    script = Script(in_turn(CREATING), latency=2)
    leader = Asker(0, delay=1, cancelled_after=2)
    gone, other = Asker(0.1, delay=0.9, patience=1.5), Asker(0.2, delay=0.8)
    ask(script, leader, gone, other)
    assert leader.seen is gone.seen is None
    assert other.seen is not None
    assert script.sent == [pytest.approx(1), pytest.approx(2, abs=PACE)]


@pytest.mark.parametrize("latency", [0, 2])
@pytest.mark.parametrize("delay", [0, 60])
def test_timeout_zero_looks_among_others(delay: float, latency: float) -> None:
    """With timeout=0 one look is awaited also where others wait for the same table."""
    script = Script(by_time((0, CREATING), (5, ACTIVE)), latency=latency)
    statuses: list[str] = []

    async def actor(client: ScriptedClient) -> None:
        gateway = client.gateway

        async def hasty() -> None:
            await gateway.sleep(5.5)
            function = dynawait.wait_for_table_active
            state = await function(client, "orders", timeout=0)  # type: ignore[arg-type]
            statuses.append(state.status)

        other = Asker(5 if delay else 4.9, delay=delay)
        await gateway.gather([other.ask(gateway), hasty()])

    play(script, actor)
    assert statuses == ["ACTIVE"]


def test_a_failed_call_is_told_to_all() -> None:
    """A call that fails does so for all who had joined it, and nobody hangs."""
    script = Script(in_turn(ZeroDivisionError(), CREATING), latency=1)
    served, late = [Asker(0, delay=1), Asker(0, delay=1)], Asker(1.5)
    ask(script, *served, late)
    for asker in served:
        assert asker.seen is not None
        assert isinstance(asker.seen.error, ZeroDivisionError)
    assert late.seen is not None
    assert late.seen.error is None


def test_clients_do_not_share() -> None:
    """Waits through different clients make their own calls."""
    script = Script(by_time((0, CREATING), (30, ACTIVE)))

    async def actor(client: Any) -> None:
        await dynawait.wait_for_table_active(client, "orders")

    results = play_all(script, {"one": actor, "two": actor})
    for result in results.values():
        result()
    counts = [
        sum(call.client is client for call in script.calls)
        for client in {call.client for call in script.calls}
    ]
    assert len(counts) == 2
    assert min(counts) > 20


def test_parameters_do_not_share() -> None:
    """Looks at one operation with other parameters are other looks."""
    enabled = {"ContributorInsightsStatus": "ENABLED"}
    script = Script(in_turn(enabled))

    async def actor(client: Any) -> None:
        function = dynawait.wait_for_contributor_insights
        await client.gateway.gather(
            function(client, name, index=wanted)
            for name, wanted in [("orders", None), ("orders", "a"), ("users", None)] * 5
        )

    play(script, actor)
    asked = [tuple(call.parameters.values()) for call in script.calls]
    assert set(asked) == {("orders",), ("orders", "a"), ("users",)}
    # Who starts after a call was sent needs another one.
    assert len(asked) <= 6


def test_operations_do_not_share() -> None:
    """Waits for a table and for its time to live look at both."""
    script = Script(
        by_operation(
            DescribeTable=ACTIVE,
            DescribeTimeToLive={
                "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}
            },
        )
    )

    async def actor(client: Any) -> None:
        await client.gateway.gather(
            [
                dynawait.wait_for_table_active(client, "orders"),
                dynawait.wait_for_time_to_live(client, "orders"),
            ]
        )

    play(script, actor)
    assert len(script.calls) == 2


def test_conditions_share() -> None:
    """Waits for different things of one table look at it together."""
    script = Script(
        by_time(
            (0, table("UPDATING", index("CREATING", Backfilling=False))),
            (30, table("ACTIVE", index("CREATING", Backfilling=True))),
            (300, table("ACTIVE", index())),
        ),
        latency=0.1,
    )
    ends: dict[str, float] = {}

    async def actor(client: Any) -> None:
        async def waiter(function: str) -> None:
            await getattr(dynawait, function)(client, "orders")
            ends[function] = client.gateway.now()

        await client.gateway.gather(
            waiter(function)
            for function in (
                "wait_for_table_active",
                "wait_for_indexes_active",
                "wait_for_quiet",
            )
        )

    play(script, actor)
    assert script.most_at_once() == 1
    assert 30 <= ends["wait_for_table_active"] < 34
    assert 300 <= ends["wait_for_indexes_active"] < 312
    alone = Script(by_time((0, CREATING), (300, ACTIVE)), latency=0.1)
    wait(alone)
    assert len(script.calls) <= 1.25 * len(alone.calls)


@pytest.mark.parametrize("crowd", [10, 300])
def test_a_crowd_costs_what_one_costs(crowd: int) -> None:
    """Many waiters of one table make at most 1.1 times the calls of one."""
    alone = Script(by_time((0, CREATING), (60, ACTIVE)), latency=0.02)
    wait(alone)
    script = Script(by_time((0, CREATING), (60, ACTIVE)), latency=0.02)

    async def actor(client: Any) -> None:
        await client.gateway.gather(
            dynawait.wait_for_table_active(client, "orders") for _ in range(crowd)
        )

    play(script, actor)
    assert script.most_at_once() == 1
    assert len(script.calls) <= 1.1 * len(alone.calls)
