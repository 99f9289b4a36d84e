"""Requests for changes, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dynawait._core.index_changes import apply_index_changes
from dynawait._core.planner.indexes import plan_index_changes
from dynawait.changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
)
from tests.simulation.changes.tables import (
    NAME,
    SHAPES,
    TYPES,
    VECTORS,
    index_member,
    vector_member,
)
from tests.simulation.changes.wishes import unmet_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from random import Random

    from dynawait._core.gateway import Gateway
    from dynawait.changes import Change
    from dynawait.plans import Plan
    from dynawait.states import TableState
    from dynawait.testing import SimulatedDynamoDB
    from tests.simulation.changes.tables import Scene


def _nothing(_seen: Any) -> list[str]:
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A request, as a program that is run again and again makes it.

    Attributes:
        text: the call, for people.
        run: makes the request through a gateway, with a time-out in seconds.
        plan: plans it from a state and a date.
        names: the indexes that it names; all others are none of its business.
        lenient: whether it may return while what it has begun is still under way.
        unmet: says what of it has not come true, from a description of the table.
        indexes_only: whether the table's own settings are none of its business.
        tables: whether it is DescribeTable that shows how far it has come.
        unmet_settings: says what of it has not come true, from the service itself.
        tells: whether its result and its errors list what was done.
        beside: what may be under way from an earlier turn when a later one sends.
        threads: whether the blocking face can make it in one thread.
        gone: whether the table is gone when it is done.
    """

    text: str
    run: Callable[[Gateway, float | None], Coroutine[Any, Any, Any]]
    plan: Callable[[TableState, Any], Plan]
    names: frozenset[str] = frozenset()
    lenient: bool = False
    unmet: Callable[[Mapping[str, Any]], list[str]] = _nothing
    indexes_only: bool = False
    tables: bool = True
    unmet_settings: Callable[[SimulatedDynamoDB], list[str]] = _nothing
    tells: bool = True
    beside: tuple[str, ...] = ("build", "warm")
    threads: bool = True
    gone: bool = False


def draw_index_script(random: Random, scene: Scene) -> Script:
    """Draw a list of index changes."""
    changes = draw_changes(random, scene)
    until = random.choice(("active", "active", "active", "backfilling", "started"))
    names: set[str] = set()
    for change in changes:
        if isinstance(change, ReplaceIndex):
            names |= {change.old, change.new.name}
        else:
            names.add(change.name)

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        return await apply_index_changes(
            gateway,
            NAME,
            changes,
            until=until,  # type: ignore[arg-type]
            allow_gap=True,
            timeout=timeout,
        )

    def plan(state: TableState, moment: Any) -> Plan:
        return plan_index_changes(
            state,
            changes,
            until=until,  # type: ignore[arg-type]
            allow_gap=True,
            moment=moment,
        )

    return Script(
        text=f"apply_index_changes({changes!r}, until={until!r})",
        run=run,
        plan=plan,
        names=frozenset(names),
        lenient=until != "active",
        unmet=lambda description: unmet_changes(description, changes),
        indexes_only=True,
    )


def draw_changes(random: Random, scene: Scene) -> list[Change]:
    """Draw index changes that name no index twice, most of them possible."""
    named: set[str] = set()
    changes: list[Change] = []
    for _ in range(random.choice((1, 1, 2, 2, 3, 4))):
        change = random.choice(
            (_creation, _creation, _deletion, _update, _replacement, _vector)
        )(random, scene, named)
        if change is not None:
            changes.append(change)
    return changes or [DeleteIndex("by-nothing")]


def new_index(
    name: str, scene: Scene, *, shape: int = 0, units: tuple[int, int] = (5, 5)
) -> CreateIndex:
    """Return the change that creates an index in one of its shapes."""
    member = index_member(name, on_demand=scene.on_demand, shape=shape, units=units)
    return CreateIndex.parse(member, TYPES)


def _free(scene: Scene, named: set[str], pool: Any, taken: list[str]) -> list[str]:
    return [name for name in pool if name not in taken and name not in named]


def _present(scene: Scene, named: set[str]) -> list[str]:
    return [name for name in scene.indexes if name not in named]


def _creation(random: Random, scene: Scene, named: set[str]) -> Change | None:
    pool = _free(scene, named, SHAPES, scene.indexes)
    shape = 0
    if random.random() < 0.15:
        pool = _present(scene, named)
        shape = int(random.random() < 0.1)
    if not pool:
        return None
    name = random.choice(pool)
    named.add(name)
    return new_index(name, scene, shape=shape)


def _deletion(random: Random, scene: Scene, named: set[str]) -> Change | None:
    pool = _present(scene, named)
    if random.random() < 0.15:
        pool = _free(scene, named, SHAPES, scene.indexes)
    if not pool:
        return None
    name = random.choice(pool)
    named.add(name)
    return DeleteIndex(name)


def _update(random: Random, scene: Scene, named: set[str]) -> Change | None:
    pool = _present(scene, named)
    if not pool:
        return None
    name = random.choice(pool)
    named.add(name)
    warm = random.choice((None, None, (13_000, None), (13_000, 5_000)))
    if not scene.on_demand:
        units = random.choice(((5, 5), (10, 5), (3, 9), (7, 7)))
        return UpdateIndex(name, units, warm=warm)
    caps = random.choice(((100, None), (100, 200), (-1, -1)))
    return UpdateIndex(name, on_demand=caps, warm=warm)


def _replacement(random: Random, scene: Scene, named: set[str]) -> Change | None:
    present = _present(scene, named)
    free = _free(scene, named, SHAPES, scene.indexes)
    if not present or not free:
        return None
    old = random.choice(present)
    if random.random() < 0.4:
        named.add(old)
        return ReplaceIndex(old, new_index(old, scene, shape=1))
    new = random.choice(free)
    named |= {old, new}
    return ReplaceIndex(old, new_index(new, scene))


def _vector(random: Random, scene: Scene, named: set[str]) -> Change | None:
    if not scene.on_demand or scene.regions:
        return None
    pool = [name for name in VECTORS if name not in named]
    if not pool:
        return None
    name = random.choice(pool)
    named.add(name)
    if name in scene.vectors and random.random() < 0.7:
        return DeleteVectorIndex(name)
    return CreateVectorIndex.parse(vector_member(name), TYPES)
