"""The rules that changes are held to find what breaks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dynawait import TableState
from dynawait.errors import ChangeError
from dynawait.plans import ChangeResult, Plan, Step
from dynawait.testing import Trouble
from tests.simulation.changes.judges import ViolationError
from tests.simulation.changes.scripts import Script
from tests.simulation.changes.stage import Story, play
from tests.simulation.changes.tables import NAME, Scene
from tests.simulation.support import (
    create_index,
    delete_index,
    index,
    indexed_table,
    throughput,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dynawait._core.gateway import Gateway

UNITS = throughput(5, 5)
TABLE = indexed_table(
    GlobalSecondaryIndexes=[index("by-email", "email", **UNITS)], **UNITS
)
STEP = Step(title="tag", operation="TagResource", parameters={}, reason="asked for")
NEW = create_index("by-day", "day", **UNITS)


async def send(gateway: Gateway, **request: Any) -> None:
    """Send an UpdateTable."""
    await gateway.call("UpdateTable", {"TableName": NAME, **request})


async def look(gateway: Gateway) -> TableState:
    """Send a DescribeTable."""
    answer = await gateway.call("DescribeTable", {"TableName": NAME})
    return TableState.parse(answer)


async def blind(gateway: Gateway) -> None:
    """Send what cannot be without a look, and make light of the refusal."""
    with pytest.raises(Exception, match="not found"):
        await send(gateway, **delete_index("by-nothing"))


async def heedless(gateway: Gateway) -> None:
    """Look, see that the table is busy, and send all the same."""
    await send(gateway, **NEW)
    await gateway.sleep(1)
    await look(gateway)
    with pytest.raises(Exception, match="Only 1 online index"):
        await send(gateway, **delete_index("by-email"))


async def hasty(gateway: Gateway) -> None:
    """Begin something while something else is under way that allows it."""
    await send(gateway, **NEW)
    await gateway.sleep(60)
    await send(gateway, **throughput(6, 6))


async def idle(_gateway: Gateway) -> None:
    """Do nothing."""


async def twice(gateway: Gateway) -> None:
    """Create an index, delete it and create it again."""
    if "by-day" in (await look(gateway)).indexes:
        return
    for request in (NEW, delete_index("by-day"), NEW):
        await look(gateway)
        await send(gateway, **request)
        await gateway.sleep(1_000)


async def unasked(gateway: Gateway) -> None:
    """Delete an index that nobody has named."""
    if "by-email" not in (await look(gateway)).indexes:
        return
    await send(gateway, **delete_index("by-email"))
    await gateway.sleep(60)


async def restless(gateway: Gateway) -> None:
    """Send something each time."""
    live = (await look(gateway)).throughput
    assert live is not None
    await send(gateway, **throughput(live.read + 1, 5))
    await gateway.sleep(60)


async def late(gateway: Gateway) -> None:
    """Take longer than allowed."""
    await gateway.sleep(10_000)


async def stuck(gateway: Gateway) -> None:
    """Wait for what never comes."""
    await gateway.sleep(float("inf"), wake=gateway.signal())


async def broken(_gateway: Gateway) -> None:
    """Raise what is no ChangeError."""
    raise ValueError("a bug")


async def silent(gateway: Gateway) -> None:
    """Send something, and fail without telling of it."""
    await look(gateway)
    await send(gateway, **NEW)
    raise ChangeError("it failed", table=NAME)


async def boastful(_gateway: Gateway) -> tuple[Step, ...]:
    """Claim what was never sent."""
    return (STEP,)


def story(
    act: Callable[[Gateway], Awaitable[Any]], *, tells: bool, left: bool
) -> Story:
    """Return a story of a script that does as it likes."""

    async def run(gateway: Gateway, _timeout: float | None) -> ChangeResult:
        done = await act(gateway)
        return ChangeResult(None, Plan(NAME), done=done or ())

    script = Script(
        text=act.__name__,
        run=run,
        plan=lambda _state, _moment: Plan(NAME, (STEP,) if left else ()),
        names=frozenset({"by-day", "by-nothing"}),
        tells=tells,
    )
    return Story(
        seed=0,
        scene=Scene(create=TABLE),
        script=script,
        blocking=False,
        rivals=False,
        timeouts=(5_000.0,) * 3,
    )


@pytest.mark.parametrize(
    ("act", "rule", "words"),
    [
        (blind, "a", "without a look"),
        (heedless, "a", "index by-day is CREATING"),
        (twice, "d", "a second time"),
        (unasked, "d", "unasked Delete"),
        (restless, "e", "the second run sent"),
    ],
)
def test_a_bad_act_is_found(act: Any, rule: str, words: str) -> None:
    """Whatever the script says of itself, the record of the service tells."""
    with pytest.raises(ViolationError, match=words) as caught:
        play(story(act, tells=False, left=False), Trouble(seed=0))
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("act", "rule", "words"),
    [
        (hasty, "b", "its own build by-day was under way"),
        (late, "f", "first took 10000.0"),
        (stuck, "f", "took|hangs"),
        (broken, "f", "raised ValueError"),
        (silent, "f", "does not tell of"),
        (boastful, "f", "claims tag, which it never sent"),
    ],
)
def test_a_bad_tale_is_found(act: Any, rule: str, words: str) -> None:
    """What a script says has to agree with what the service has seen."""
    with pytest.raises(ViolationError, match=words) as caught:
        play(story(act, tells=True, left=False), Trouble(seed=0))
    assert caught.value.rule == rule


def test_what_is_left_is_found() -> None:
    """A script that returns has to have done what was asked for."""
    with pytest.raises(ViolationError, match="this is left") as caught:
        play(story(idle, tells=False, left=True), Trouble(seed=0))
    assert caught.value.rule == "c"
