"""Scopes and shields of simulated actors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait.testing import Crash, simulate
from dynawait.testing.cancelling import Canceller, Scope, Shield
from dynawait.testing.tasks import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from dynawait.testing import ActorClient
    from dynawait.testing.actors import SimulatedGateway

    Main = Callable[[SimulatedGateway], Coroutine[Any, Any, Any]]


def run(main: Main) -> Any:
    """Run an actor that uses its gateway."""

    async def actor(client: ActorClient) -> Any:
        return await main(client.__dynawait_gateway__())

    return simulate({"actor": actor}, seed=1).result("actor")


def later(gateway: SimulatedGateway, seconds: float, scope: Scope) -> None:
    """Have a scope cancelled after a while."""

    async def cancel() -> None:
        await gateway.sleep(seconds)
        scope.cancel()

    gateway.stage.start(cancel())


def test_a_scope_ends_its_block_and_nothing_else() -> None:
    """At the time when it is cancelled; what comes after it goes on."""

    async def main(gateway: SimulatedGateway) -> list[float]:
        times = list[float]()
        with gateway.scope() as scope:
            later(gateway, 3, scope)
            await gateway.sleep(100)
            times.append(-1)
        times.append(gateway.now())
        await gateway.sleep(2)
        return [*times, gateway.now()]

    assert run(main) == [3, 5]


def test_a_scope_ends_what_its_block_gathers() -> None:
    """All of it, at once."""

    async def main(gateway: SimulatedGateway) -> float:
        with gateway.scope() as scope:
            later(gateway, 3, scope)
            await gateway.gather([gateway.sleep(50), gateway.sleep(60)])
        return gateway.now()

    assert run(main) == 3


def test_a_scope_that_is_cancelled_before_lets_nobody_wait() -> None:
    """Its first await is its last."""

    async def main(gateway: SimulatedGateway) -> float:
        scope = gateway.scope()
        scope.cancel()
        with scope:
            await gateway.sleep(100)
        return gateway.now()

    assert run(main) == 0


def test_whoever_cancels_its_own_scope_ends_at_its_next_await() -> None:
    """Not before."""

    async def main(gateway: SimulatedGateway) -> list[str]:
        seen = list[str]()
        with gateway.scope() as scope:
            scope.cancel()
            seen.append("goes on")
            await gateway.sleep(1)
            seen.append("too far")
        return seen

    assert run(main) == ["goes on"]


def test_a_scope_swallows_no_other_cancellation() -> None:
    """The outer one goes on, through the end of the inner one."""

    async def main(gateway: SimulatedGateway) -> list[str]:
        seen = list[str]()
        with gateway.scope() as outer:
            later(gateway, 3, outer)
            with gateway.scope() as inner:
                later(gateway, 3, inner)
                await gateway.sleep(100)
            seen.append("between")
            await gateway.sleep(1)
            seen.append("too far")
        return seen

    assert run(main) in ([], ["between"])


def test_a_shield_lets_its_block_come_to_an_end() -> None:
    """Also what it gathers; the first await after it is cancelled."""

    async def main(gateway: SimulatedGateway) -> list[float]:
        times = list[float]()

        async def work() -> None:
            await gateway.gather([gateway.sleep(10), gateway.sleep(20)])
            times.append(gateway.now())

        with gateway.scope() as scope:
            later(gateway, 3, scope)
            await gateway.shielded(work(), 100)
            times.append(gateway.now())
            await gateway.sleep(5)
            times.append(-1)
        return [*times, gateway.now()]

    assert run(main) == [20, 20, 20]


def test_a_scope_in_a_shield_still_works() -> None:
    """A shield keeps out what comes from outside."""

    async def main(gateway: SimulatedGateway) -> float:
        async def work() -> None:
            with gateway.scope() as scope:
                later(gateway, 3, scope)
                await gateway.sleep(100)

        await gateway.shielded(work(), 100)
        return gateway.now()

    assert run(main) == 3


def test_a_failing_sibling_waits_for_what_is_shielded() -> None:
    """And then the failure is raised as it is."""

    async def main(gateway: SimulatedGateway) -> float:
        async def fail() -> None:
            await gateway.sleep(1)
            raise KeyError("first")

        async def careful() -> None:
            try:
                await gateway.sleep(100)
            finally:
                await gateway.shielded(gateway.sleep(5), 10)

        with pytest.raises(KeyError, match="first"):
            await gateway.gather([careful(), fail()])
        return gateway.now()

    assert run(main) == 6


def test_work_that_is_stopped_does_nothing_more() -> None:
    """Its finally blocks run, without waiting; and to stop it twice is no matter."""

    async def main(gateway: SimulatedGateway) -> list[str]:
        seen = list[str]()

        async def beside() -> None:
            try:
                await gateway.sleep(100)
            except Cancelled:
                seen.append("cancelled")
                raise

        work = gateway.stage.start(beside())
        await gateway.sleep(1)
        await work.stop()
        await gateway.sleep(1)
        await work.stop()
        return seen

    assert run(main) == ["cancelled"]


def test_a_scope_belongs_to_a_task() -> None:
    """Outside of any simulation there is none."""
    canceller = Canceller(lambda task: None)
    with pytest.raises(RuntimeError, match="nobody of this simulation"):
        Shield(canceller)
    scope = Scope(canceller)
    scope.cancel()
    assert scope.__exit__(None, None, None) is False


def test_the_cancelled_gather_nothing_more() -> None:
    """What they would have gathered is closed, and never begins."""

    async def main(gateway: SimulatedGateway) -> list[str]:
        begun = list[str]()

        async def work() -> None:
            begun.append("work")

        with gateway.scope() as scope:
            scope.cancel()
            await gateway.gather([work(), work()])
        return begun

    assert run(main) == []


def test_the_dead_start_nothing_more() -> None:
    """What a dying actor would start beside it never begins."""
    begun = list[str]()

    async def actor(client: ActorClient) -> None:
        gateway = client.__dynawait_gateway__()

        async def work() -> None:
            begun.append("work")

        try:
            await gateway.sleep(1)
        finally:
            gateway.stage.start(work())

    simulate({"actor": actor}, seed=1, crashes=[Crash("actor", at_step=1)])
    assert begun == []
