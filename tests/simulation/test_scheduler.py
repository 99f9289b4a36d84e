"""Actors in virtual time: order, gather, signals, deadlines, crashes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dynawait._core.gateway import CallTimedOut
from dynawait.testing import (
    Crash,
    Crashed,
    DeadlockError,
    Faults,
    History,
    Raised,
    Returned,
    SimulatedDynamoDB,
    Unfinished,
    simulate,
)
from dynawait.testing.actors import Cancelled
from tests.simulation.support import table

ROUGH = Faults(
    throttle=0.1,
    lost_response=0.1,
    dropped=0.1,
    stale_describe=0.2,
    missing_after_create=0.5,
    server_error=0.1,
    latency=(0.005, 0.2),
)


async def create(client: Any) -> None:
    """Create the table, once."""
    await client.create_table(**table())


async def watch(client: Any) -> float:
    """Look until the table is ACTIVE, and return when that was seen."""
    gateway = client.__dynawait_gateway__()
    while True:
        try:
            response = await client.describe_table(TableName="orders")
        except (client.exceptions.ClientError, OSError, Exception):  # noqa: BLE001 - whatever the faults make of it
            response = {"Table": {"TableStatus": "?"}}
        if response["Table"]["TableStatus"] == "ACTIVE":
            return float(gateway.now())
        await gateway.sleep(0.2 + gateway.jitter(0.1))


async def insist(client: Any) -> None:
    """Create the table, however often it takes."""
    gateway = client.__dynawait_gateway__()
    while True:
        try:
            await client.create_table(**table())
        except client.exceptions.ResourceInUseException:
            return
        except Exception:  # noqa: BLE001 - whatever the faults make of it
            await gateway.sleep(1)
        else:
            return


def rough(seed: int) -> History:
    """Run three actors through every fault."""
    service = SimulatedDynamoDB(faults=ROUGH)
    return simulate(
        {"a": insist, "b": insist, "watch": watch}, seed=seed, service=service
    )


def test_the_same_seed_is_the_same_history() -> None:
    """Two runs of one seed are equal to the event; other seeds are not."""
    assert rough(5) == rough(5)
    assert len({str(rough(seed)) for seed in range(10)}) == 10


def test_everybody_comes_through_the_faults() -> None:
    """Under every fault at once, actors that insist get their table."""
    for seed in range(100):
        history = rough(seed)
        assert 5 <= history.result("watch") < 20, history


def test_a_history_reads_well() -> None:
    """It prints the seed, and a line with time, actor and text for each event."""
    history = simulate({"deploy": create}, seed=42)
    assert str(history) == (
        "seed 42, 0.000 s\n"
        "       0.000  deploy  CreateTable orders: CREATING\n"
        "       0.000  deploy  returned"
    )
    assert history.outcomes == {"deploy": Returned(None)}
    assert history.steps == {"deploy": 1}


def test_the_order_comes_from_the_seed() -> None:
    """Of two actors that are ready, each goes first with some seed."""

    async def look(client: Any) -> str:
        try:
            await client.describe_table(TableName="orders")
        except client.exceptions.ResourceNotFoundException:
            return "missing"
        return "there"

    seen = {
        simulate({"look": look, "create": create}, seed=seed).result("look")
        for seed in range(20)
    }
    assert seen == {"missing", "there"}


def test_errors_are_outcomes() -> None:
    """What an actor raises is kept, and raised again by `result`."""

    async def fail(client: Any) -> None:
        await client.describe_table(TableName="orders")

    history = simulate({"fail": fail}, seed=0)
    assert isinstance(history.outcomes["fail"], Raised)
    with pytest.raises(Exception, match="ResourceNotFoundException"):
        history.result("fail")
    assert "raised ResourceNotFoundException" in str(history)


def test_gather_returns_in_order() -> None:
    """Results come in the order of the coroutines, whoever ends first."""

    async def main(client: Any) -> list[int]:
        gateway = client.__dynawait_gateway__()

        async def part(number: int) -> int:
            await gateway.sleep(10 - number)
            return number

        assert await gateway.gather([]) == []
        return list(await gateway.gather([part(number) for number in range(5)]))

    history = simulate({"main": main}, seed=1)
    assert history.result("main") == [0, 1, 2, 3, 4]
    assert history.ended == 10


def test_the_first_failure_cancels_the_others() -> None:
    """It is raised as it is; the others' finally blocks run, without waiting."""
    trace: list[str] = []

    async def main(client: Any) -> float:
        gateway = client.__dynawait_gateway__()
        error = KeyError("first")

        async def fail() -> None:
            await gateway.sleep(1)
            raise error

        async def linger(name: str) -> None:
            try:
                await gateway.gather([gateway.sleep(50), gateway.sleep(60)])
            finally:
                trace.append(name)
                await gateway.sleep(1000)

        with pytest.raises(KeyError) as caught:
            await gateway.gather([linger("a"), fail(), linger("b")])
        assert caught.value is error
        return float(gateway.now())

    history = simulate({"main": main}, seed=1)
    assert history.result("main") == 1
    assert sorted(trace) == ["a", "b"]
    assert history.ended == 1


def test_who_ignores_its_cancellation_is_found_out() -> None:
    """A coroutine that goes on although it is cancelled is an error, not a hang."""

    async def main(client: Any) -> None:
        gateway = client.__dynawait_gateway__()

        async def stubborn() -> None:
            while True:
                try:
                    await gateway.sleep(5)
                except Cancelled:
                    continue

        async def fail() -> None:
            raise KeyError

        await gateway.gather([stubborn(), fail()])

    with pytest.raises(RuntimeError, match="although it is cancelled"):
        simulate({"main": main}, seed=1)


def test_a_signal_wakes_early() -> None:
    """Whoever sleeps on a signal goes on at the time when it is set."""

    async def main(client: Any) -> list[float]:
        gateway = client.__dynawait_gateway__()
        signal = gateway.signal()

        async def sleeper() -> float:
            await gateway.sleep(100, wake=signal)
            await gateway.sleep(100, wake=signal)
            return float(gateway.now())

        async def waker() -> float:
            await gateway.sleep(3)
            signal.set()
            assert signal.is_set()
            return float(gateway.now())

        return list(await gateway.gather([sleeper(), sleeper(), waker()]))

    history = simulate({"main": main}, seed=2)
    assert history.result("main") == [3, 3, 3]
    assert history.ended == 3


def test_a_deadline_leaves_the_call_in_flight() -> None:
    """The caller goes on at its deadline, and the call is applied all the same."""
    service = SimulatedDynamoDB(faults=Faults(latency=4.0))

    async def main(client: Any) -> float:
        gateway = client.__dynawait_gateway__()
        with pytest.raises(CallTimedOut):
            await gateway.call("CreateTable", table(), deadline=1.0)
        return float(gateway.now())

    history = simulate({"main": main}, seed=0, service=service)
    assert history.result("main") == 1
    assert list(service.tables) == ["orders"]
    assert service.calls[0].time == 2


def test_time_is_bounded() -> None:
    """At `until` everything stops, and who had not ended is Unfinished."""
    cleaned: list[str] = []

    async def forever(client: Any) -> None:
        try:
            while True:
                await client.__dynawait_gateway__().sleep(1)
        finally:
            cleaned.append("yes")

    history = simulate({"forever": forever}, seed=0, until=10.5)
    assert history.outcomes == {"forever": Unfinished()}
    assert (history.ended, cleaned) == (10.5, ["yes"])
    with pytest.raises(LookupError, match="did not end by itself"):
        history.result("forever")


def test_a_deadlock_names_who_waits() -> None:
    """When nobody can go on, the error says who waits for what, and the seed."""

    async def stuck(client: Any) -> None:
        gateway = client.__dynawait_gateway__()
        await gateway.sleep(float("inf"), wake=gateway.signal())

    with pytest.raises(DeadlockError, match=r"seed 9.*waiting: stuck \(a signal\)"):
        simulate({"stuck": stuck, "create": create}, seed=9)


def test_only_the_client_may_be_awaited() -> None:
    """Awaiting an event loop's future is an error inside the actor."""

    async def lost(client: Any) -> None:
        await asyncio.sleep(0)

    history = simulate({"lost": lost}, seed=0)
    with pytest.raises(RuntimeError, match="lost awaited something else"):
        history.result("lost")


def test_a_foreign_signal_is_refused() -> None:
    """A signal of another runtime cannot wake anybody here."""

    async def wrong(client: Any) -> None:
        await client.__dynawait_gateway__().sleep(1, wake=asyncio.Event())

    with pytest.raises(TypeError, match="no signal of this gateway"):
        simulate({"wrong": wrong}, seed=0).result("wrong")


async def careful(client: Any) -> str:
    """Create and watch the table, with something to do at the end."""
    gateway = client.__dynawait_gateway__()
    try:
        await insist(client)
        await gateway.gather([watch(client), gateway.sleep(1)])
    finally:
        await client.delete_table(TableName="orders")
    return "done"


def test_an_actor_can_die_at_every_await() -> None:
    """A dead actor does nothing more: its finally blocks run, but no call gets out."""
    steps = simulate({"actor": careful}, seed=3).steps["actor"]
    assert steps > 20
    for step in range(steps + 1):
        service = SimulatedDynamoDB()
        crash = Crash("actor", at_step=step)
        history = simulate({"actor": careful}, seed=3, service=service, crashes=[crash])
        assert history.outcomes == {"actor": Crashed(step)}
        deletions = [call for call in service.calls if call.operation == "DeleteTable"]
        assert len(deletions) == (step == steps)
        assert bool(service.calls) is (step > 0)


def test_a_call_sent_at_the_moment_of_death_is_applied() -> None:
    """A crash at a call's await comes after it was sent: the table is made."""
    service = SimulatedDynamoDB(faults=Faults(latency=1.0))
    crashes = [Crash("create", at_step=1)]
    history = simulate({"create": create}, seed=0, service=service, crashes=crashes)
    assert history.outcomes == {"create": Crashed(1)}
    assert list(service.tables) == ["orders"]
    assert "crashed at step 1" in str(history)


def test_others_outlive_a_crash() -> None:
    """When one dies the others go on."""
    crashes = [Crash("a", at_step=2)]
    history = simulate(
        {"a": watch, "create": create, "b": watch}, seed=4, crashes=crashes
    )
    assert history.outcomes["a"] == Crashed(2)
    assert history.result("b") >= 5


def test_a_crash_of_nobody_is_refused() -> None:
    """A crash that names no actor is a mistake in the test."""
    with pytest.raises(ValueError, match="no actor is named ghost"):
        simulate({"create": create}, seed=0, crashes=[Crash("ghost", at_step=1)])


def test_each_actor_has_a_board_of_its_own() -> None:
    """The gateway of a client keeps one board, and no other client's."""

    async def board(client: Any) -> Any:
        gateway = client.__dynawait_gateway__()
        assert gateway.board is gateway.board
        return gateway.board

    history = simulate({"a": board, "b": board}, seed=0)
    assert history.result("a") is not history.result("b")


def test_an_actors_client_knows_what_it_can() -> None:
    """An operation that the simulation does not answer is an AttributeError."""

    async def ask(client: Any) -> bool:
        return hasattr(client, "describe_global_table")

    assert simulate({"ask": ask}, seed=0).result("ask") is False
