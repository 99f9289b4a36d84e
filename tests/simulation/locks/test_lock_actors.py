"""`LockClient` in the actors of `simulate`: what befalls one befalls its locks."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.errors import LockLostError, LockTimeoutError, ServiceError
from dynawait.locks import LockClient, ReleaseOutcome, TerraformLocks
from dynawait.testing import (
    Crash,
    Crashed,
    DeadlockError,
    Drift,
    Durations,
    Faults,
    Pause,
    Raised,
    SimulatedDynamoDB,
    simulate,
)
from tests.gateways.locks import KEY, service, spoil

if TYPE_CHECKING:
    from dynawait.testing import ActorClient, History

NEAR = Faults(latency=(0.005, 0.02))


def near(seed: int = 1) -> SimulatedDynamoDB:
    """Return a service with a table of locks, a few milliseconds away."""
    dynamodb = service()
    dynamodb.faults = NEAR
    dynamodb.__dynawait_service__.reseed(seed)
    return dynamodb


async def deploy(client: ActorClient) -> list[tuple[float, float, int]]:
    """Hold the lock twice for a minute; return from when to when, and the tokens."""
    locks = LockClient(client, "locks", lease=10)
    held: list[tuple[float, float, int]] = []
    for _ in range(2):
        async with locks.hold("orders") as lease:
            began = client.clock.now()
            await client.clock.sleep(60)
            lease.check()
            held.append((began, client.clock.now(), lease.fencing_token))
    return held


def played(seed: int) -> History:
    """Let three deploy at once."""
    actors = {"a": deploy, "b": deploy, "c": deploy}
    return simulate(actors, seed=seed, service=near())


def test_actors_take_turns_and_the_seed_tells_which() -> None:
    """Nobody is in while another is, and later ones have larger tokens."""
    histories = [played(seed) for seed in range(4)]
    for history in histories:
        held = sorted(each for name in "abc" for each in history.result(name))
        assert len(held) == 6
        for (_, ended, token), (began, _, next_token) in pairwise(held):
            assert ended < began < ended + 3
            assert token < next_token
    assert str(played(0)) == str(histories[0])
    assert len({str(history) for history in histories}) == 4


async def hold_for_long(client: ActorClient) -> str:
    """Hold the lock for an hour; return when the block was left, and why."""
    locks = LockClient(client, "locks", lease=20)
    try:
        async with locks.hold("orders"):
            await client.clock.sleep(3600)
    except LockLostError as error:
        return f"{error.reason} at {client.clock.now():.0f}"
    return "never"


@pytest.mark.parametrize(
    ("how", "latest"), [("stolen", 36), ("deleted", 36), ("expired", 56)]
)
def test_the_block_is_cancelled_when_the_lock_is_lost(how: str, latest: int) -> None:
    """At the next heartbeat, or when the lease is over."""
    dynamodb = near()

    async def mischief(client: ActorClient) -> None:
        await client.clock.sleep(30)
        spoil(dynamodb, how)

    actors = {"holder": hold_for_long, "mischief": mischief}
    history = simulate(actors, seed=3, service=dynamodb)
    reason, _, moment = history.result("holder").partition(" at ")
    assert reason == how
    assert 30 <= float(moment) <= latest


def test_a_crash_kills_the_heartbeats() -> None:
    """The dead send nothing, and a lease later somebody else has the lock."""
    dynamodb = near()

    async def wait(client: ActorClient) -> float:
        await client.clock.sleep(1)
        async with LockClient(client, "locks", lease=20).hold("orders"):
            return client.clock.now()

    history = simulate(
        {"holder": hold_for_long, "waiter": wait},
        seed=1,
        service=dynamodb,
        crashes=[Crash("holder", at_step=12)],
    )
    assert history.outcomes["holder"] == Crashed(12)
    (died,) = (event.time for event in history.events if "crashed" in event.text)
    last = max(call.time for call in dynamodb.calls if call.client == "holder")
    assert last < died + NEAR.bounds[1]
    assert died + 10 < history.result("waiter") < died + 20 * 1.05 + 3


@pytest.mark.parametrize("suspended", [False, True])
def test_a_pause_stops_the_heartbeats(*, suspended: bool) -> None:
    """Whoever stands still for longer than a lease has lost the lock, whether or not
    its machine's clock has stood still as well.
    """
    dynamodb = near()
    pause = Pause("holder", at_step=12, seconds=100, suspended=suspended)

    async def wait(client: ActorClient) -> float:
        await client.clock.sleep(1)
        async with LockClient(client, "locks", lease=20).hold("orders"):
            return client.clock.now()

    history = simulate(
        {"holder": hold_for_long, "waiter": wait},
        seed=1,
        service=dynamodb,
        pauses=[pause],
    )
    (begun,) = (event.time for event in history.events if "stands still" in event.text)
    during = [
        call
        for call in dynamodb.calls
        if call.client == "holder" and begun + 0.02 < call.time < begun + 100
    ]
    assert not during
    assert begun + 10 < history.result("waiter") < begun + 24
    reason, _, _ = history.result("holder").partition(" at ")
    assert reason == "expired"


@pytest.mark.parametrize("rate", [0.95, 1.05])
def test_a_clock_that_drifts_loses_nothing(rate: float) -> None:
    """Leases have a margin for that."""
    clocks = {"a": Drift(rate=rate), "b": Drift(rate=2 - rate)}
    actors = {"a": deploy, "b": deploy}
    history = simulate(actors, seed=2, service=near(), clocks=clocks)
    assert len(history.result("a") + history.result("b")) == 4


def test_a_failure_beside_a_hold_gives_the_lock_back() -> None:
    """The release is shielded from the cancellation that a failing sibling causes."""
    dynamodb = near()

    async def main(client: ActorClient) -> None:
        gateway = client.__dynawait_gateway__()
        locks = LockClient(client, "locks")

        async def hold() -> None:
            async with locks.hold("orders"):
                await client.clock.sleep(60)

        async def fail() -> None:
            await client.clock.sleep(1)
            raise KeyError("a bug")

        await gateway.gather([hold(), fail()])

    history = simulate({"main": main}, seed=1, service=dynamodb)
    assert isinstance(history.outcomes["main"], Raised)
    item = dynamodb.client().get_item(TableName="locks", Key=KEY)["Item"]
    assert item["isReleased"] == {"S": "1"}


def test_a_process_that_ends_beats_no_more() -> None:
    """What it has forgotten to give back is free a lease later."""

    async def forget(client: ActorClient) -> float:
        await LockClient(client, "locks", lease=5).acquire("orders")
        await client.clock.sleep(30)
        return client.clock.now()

    async def wait(client: ActorClient) -> float:
        await client.clock.sleep(1)
        async with LockClient(client, "locks").hold("orders"):
            return client.clock.now()

    actors = {"forget": forget, "wait": wait}
    history = simulate(actors, seed=1, service=near())
    ended = history.result("forget")
    assert ended + 2 < history.result("wait") < ended + 8


def test_methods_do_as_they_do_elsewhere() -> None:
    """Trying once, renewing by hand, being told of the loss, looking, listing."""
    dynamodb = near()

    async def main(client: ActorClient) -> None:
        told: list[Any] = []
        locks = LockClient(client, "locks", heartbeat=None, lease=10)
        lease = await locks.acquire("orders", on_lost=told.append)
        assert await locks.try_acquire("orders") is None
        with pytest.raises(LockTimeoutError):
            await locks.acquire("orders", wait=1)
        await client.clock.sleep(5)
        assert 8 < (await lease.renew()).remaining() < 10
        assert [record.owner async for record in locks.records()] == [lease.owner]
        await client.clock.sleep(10)
        assert told == [lease]
        assert lease.lost == "expired"
        assert await lease.release() is ReleaseOutcome.RELEASED

    simulate({"main": main}, seed=1, service=dynamodb).result("main")


def test_owners_are_named_after_their_actors() -> None:
    """So that a history reads well, and is the same each time."""

    async def name(client: ActorClient) -> str:
        async with LockClient(client, "locks").hold("orders") as lease:
            return lease.owner

    history = simulate({"web-1": name}, seed=1, service=near())
    assert history.result("web-1") == "web-1"


def test_the_time_of_an_actor_is_that_of_its_clock() -> None:
    """It may sleep on it, and read it."""

    async def look(client: ActorClient) -> tuple[float, float]:
        began = client.clock.moment()
        await client.clock.sleep(60)
        return client.clock.now(), (client.clock.moment() - began).total_seconds()

    history = simulate({"a": look}, seed=1, clocks={"a": Drift(rate=2)})
    assert history.result("a") == (pytest.approx(60), pytest.approx(60))
    assert history.ended == pytest.approx(30)


def test_work_beside_an_actor_does_not_fail_in_silence() -> None:
    """It is the actor's failure then; and it ends with the actor."""

    async def main(client: ActorClient) -> None:
        stage = client.__dynawait_gateway__().stage

        async def fail() -> None:
            await client.clock.sleep(1)
            raise KeyError("a bug")

        stage.start(fail())
        await client.clock.sleep(60)

    history = simulate({"main": main}, seed=1)
    assert isinstance(history.outcomes["main"], Raised)
    assert history.ended == 1


def test_a_deadlock_names_what_the_actor_waits_for() -> None:
    """Not what runs beside it."""

    async def main(client: ActorClient) -> None:
        gateway = client.__dynawait_gateway__()

        async def beside() -> None:
            await gateway.sleep(float("inf"), wake=gateway.signal())

        gateway.stage.start(beside())
        await gateway.gather([gateway.sleep(float("inf"), wake=gateway.signal())])

    with pytest.raises(DeadlockError, match=r"main \(a signal\)"):
        simulate({"main": main}, seed=1)


def test_what_checks_no_tokens_is_written_to_by_who_has_lost_the_lock() -> None:
    """A pause is enough, which is why there are tokens; the one that checks is safe."""
    spoilt = 0
    for step in range(10, 30):
        written: list[int] = []

        async def job(client: ActorClient, written: list[int] = written) -> None:
            locks = LockClient(client, "locks", lease=20)
            async with locks.hold("orders") as lease:
                for _ in range(3):
                    await client.clock.sleep(10)
                    written.append(lease.fencing_token)

        pauses = [Pause("a", step, 60)]
        simulate({"a": job, "b": job}, seed=step, service=near(), pauses=pauses)
        spoilt += written != sorted(written)
    assert spoilt


def test_a_terraform_lock_is_held_by_an_actor() -> None:
    """For the length of a block; and nobody renews it."""
    dynamodb = SimulatedDynamoDB(durations=Durations(table_create=0))

    async def main(client: ActorClient) -> str:
        await LockClient(client, "state", dialect="terraform").ensure_table()
        locks = TerraformLocks(client, "state")
        async with locks.hold("bucket/app.tfstate") as lock:
            held = await locks.inspect("bucket/app.tfstate")
            assert held is not None
            assert held.id == lock.id
        assert await locks.inspect("bucket/app.tfstate") is None
        return lock.who

    assert simulate({"main": main}, seed=1, service=dynamodb).result("main")


@pytest.mark.parametrize(
    ("wait", "ends"), [(None, (30, 33)), (60, (30, 33)), (0, (8, 13))]
)
def test_a_table_that_cannot_be_described_is_waited_for(
    wait: float | None, ends: tuple[float, float]
) -> None:
    """For as long as the lock is, though the look is no part of the lock; and a task
    that waits for another's look waits no longer than for its own lock.
    """
    dynamodb = near()

    async def main(client: ActorClient) -> list[float]:
        locks = LockClient(client, "locks")

        async def want(key: str, wait: float | None) -> float:
            with suppress(ServiceError):
                async with locks.hold(key, wait=wait):
                    pass
            return client.clock.now()

        gateway = client.__dynawait_gateway__()
        return await gateway.gather([want("a", None), want("b", wait)])

    dynamodb.faults = Faults(throttle=1.0)

    async def outage(client: ActorClient) -> None:
        await client.clock.sleep(30)
        dynamodb.faults = NEAR

    actors = {"main": main, "outage": outage}
    _, ended = simulate(actors, seed=2, service=dynamodb).result("main")
    assert ends[0] < ended < ends[1]
