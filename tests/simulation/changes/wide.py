"""Requests to create, update and delete a table, drawn from a seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dynawait._core.advance import advance
from dynawait._core.index_changes import index_aim
from dynawait._core.planner.indexes import MOST_INDEXES
from dynawait._core.queue import Line
from dynawait._core.safe_tables import (
    create_aim,
    delete_aim,
    safe_create_table,
    safe_delete_table,
)
from dynawait._core.safe_update import safe_update_table, update_aim
from dynawait.changes import ReplaceIndex
from dynawait.errors import ChangeError, ChangeTimeoutError
from dynawait.plans import ChangeResult, Plan
from tests.simulation.changes.scripts import (
    Script,
    draw_changes,
    draw_index_script,
)
from tests.simulation.changes.settings import draw_settings_script
from tests.simulation.changes.tables import (
    NAME,
    REGIONS,
    SHAPES,
    VECTORS,
    definitions,
    draw_table,
    index_member,
    vector_member,
)
from tests.simulation.changes.wishes import unmet_changes, unmet_request
from tests.simulation.support import throughput

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from dynawait._core.gateway import Gateway
    from dynawait.changes import Change
    from dynawait.plans import Step
    from dynawait.states import TableState
    from tests.simulation.changes.tables import Scene

_WARM = {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000}
_CAPS = {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 200}


def draw_update_script(random: Random, scene: Scene) -> Script:
    """Draw an UpdateTable of several concerns."""
    request = draw_update(random, scene)
    named = {
        members["IndexName"]
        for member in ("GlobalSecondaryIndexUpdates", "VectorIndexUpdates")
        for update in request.get(member, ())
        for members in update.values()
    }

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        return await safe_update_table(gateway, timeout=timeout, **request)

    def plan(state: TableState, moment: Any) -> Plan:
        return update_aim(dict(request)).plan(state, moment)

    return Script(
        text=f"safe_update_table(**{request!r})",
        run=run,
        plan=plan,
        names=frozenset(named | {""}),
        unmet=lambda description: unmet_request(description, request),
    )


def draw_create_script(random: Random, scene: Scene) -> Script:
    """Draw a CreateTable: the table's own if there is one, sometimes another."""
    request = dict(scene.create or draw_table(random))
    if scene.create is not None and random.random() < 0.3:
        request = draw_table(random)

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        return await safe_create_table(gateway, timeout=timeout, **request)

    def plan(state: TableState, moment: Any) -> Plan:
        return create_aim(dict(request)).plan(state, moment)

    text = f"safe_create_table(**{request!r})"
    return Script(text=text, run=run, plan=plan)


def draw_delete_script(random: Random, scene: Scene) -> Script:
    """Draw a DeleteTable."""
    options: dict[str, Any] = {
        "disable_protection": random.random() < 0.7,
        "delete_replicas": random.random() < 0.5,
    }

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        return await safe_delete_table(
            gateway, timeout=timeout, TableName=NAME, **options
        )

    def plan(state: TableState, moment: Any) -> Plan:
        return delete_aim({"TableName": NAME}, **options).plan(state, moment)

    text = f"safe_delete_table({options})"
    return Script(text=text, run=run, plan=plan, gone=True)


def draw_turns_script(random: Random, scene: Scene) -> Script:
    """Draw a change that is carried turn by turn, with nobody waiting between."""
    if random.random() < 0.5:
        request = draw_update(random, scene)
        script = replace(
            draw_update_script(random, scene),
            unmet=lambda description: unmet_request(description, request),
        )
        asked: Any = request
        aim = update_aim(dict(request))
        names = {
            members["IndexName"]
            for member in ("GlobalSecondaryIndexUpdates", "VectorIndexUpdates")
            for update in request.get(member, ())
            for members in update.values()
        } | {""}
    else:
        changes = draw_changes(random, scene)
        asked, names = changes, _names(changes)
        script = replace(
            draw_index_script(random, scene),
            beside=("warm",),
            unmet=lambda description: unmet_changes(description, changes),
        )
        aim = index_aim(
            NAME,
            tuple(changes),
            until="active",
            allow_gap=True,
            max_indexes=MOST_INDEXES,
        )

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        began, sent = gateway.now(), list[Any]()
        while True:
            turn = await advance(gateway, NAME, asked, allow_gap=True)
            if turn.sent is not None:
                sent.append(turn.sent)
            if turn.finished:
                return ChangeResult(None, turn.plan, done=tuple(sent))
            rest = turn.retry_after or 0.0
            if timeout is not None and gateway.now() - began + rest > timeout:
                raise ChangeTimeoutError("the time is up", table=NAME, done=sent)
            await gateway.sleep(rest)

    return replace(
        script,
        text=f"advance({asked!r})",
        run=run,
        plan=aim.plan,
        names=frozenset(names),
        lenient=False,
        tells=False,
    )


def draw_queue_script(random: Random, scene: Scene) -> Script:
    """Draw changes that several tasks submit to one queue."""
    changes = draw_changes(random, scene)

    async def run(gateway: Gateway, timeout: float | None) -> Any:
        line = Line(NAME, {"allow_gap": True})
        results = await gateway.gather(
            _submitted(gateway, line, change, timeout) for change in changes
        )
        await line.drain(gateway)
        for result in results:
            if isinstance(result, Exception):
                raise result
        return ChangeResult(None, Plan(NAME))

    def plan(state: TableState, moment: Any) -> Plan:
        steps: list[Step] = []
        for change in changes:
            aim = index_aim(
                NAME,
                (change,),
                until="active",
                allow_gap=True,
                max_indexes=MOST_INDEXES,
            )
            steps += aim.plan(state, moment)
        return Plan(NAME, tuple(steps))

    return Script(
        text=f"IndexChangeQueue.submit of each of {changes!r}",
        run=run,
        plan=plan,
        names=frozenset(_names(changes)),
        unmet=lambda description: unmet_changes(description, changes),
        indexes_only=True,
        tells=False,
        beside=("warm",),
        threads=False,
    )


async def _submitted(
    gateway: Gateway, line: Line, change: Change, timeout: float | None
) -> Any:
    try:
        return await line.submit(gateway, change, timeout)
    except ChangeError as error:
        return error


def _names(changes: list[Change]) -> set[str]:
    names: set[str] = set()
    for change in changes:
        if isinstance(change, ReplaceIndex):
            names |= {change.old, change.new.name}
        else:
            names.add(change.name)
    return names


def draw_update(random: Random, scene: Scene) -> dict[str, Any]:
    """Draw an UpdateTable of one to five concerns."""
    concerns: list[Callable[[Random, Scene, dict[str, Any]], None]] = [
        _billing,
        _capacity,
        _indexes,
        _indexes,
        _stream,
        _encryption,
        _class,
        _protection,
        _limits,
        _replicas,
        _vectors,
    ]
    request: dict[str, Any] = {"TableName": NAME}
    chosen = random.sample(range(len(concerns)), random.choice((1, 2, 2, 3, 4, 5)))
    for place in sorted(chosen):
        concerns[place](random, scene, request)
    if len(request) == 1:
        request["DeletionProtectionEnabled"] = True
    return request


def _final_mode(scene: Scene, request: dict[str, Any]) -> bool:
    """Tell whether the table is on demand when all is done."""
    mode = request.get("BillingMode")
    return scene.on_demand if mode is None else mode == "PAY_PER_REQUEST"


def _billing(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if scene.on_demand and scene.vectors:
        return
    if not scene.on_demand or random.random() < 0.2:
        request["BillingMode"] = "PAY_PER_REQUEST"
        return
    request |= {"BillingMode": "PROVISIONED", **throughput(6, 6)}
    updates = [
        {"Update": {"IndexName": name, **throughput(4, 4)}} for name in scene.indexes
    ]
    # Others may have an index of their own by now: the request does not know of it.
    if updates:
        request["GlobalSecondaryIndexUpdates"] = updates


def _capacity(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if _final_mode(scene, request):
        return
    request |= throughput(*random.choice(((5, 5), (9, 9), (2, 8), (3, 3))))


def _indexes(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if "GlobalSecondaryIndexUpdates" in request:
        return
    on_demand = _final_mode(scene, request)
    updates: list[dict[str, Any]] = []
    created: list[dict[str, Any]] = []
    for name in random.sample(list(SHAPES), random.choice((1, 2, 3))):
        if name not in scene.indexes:
            created.append(index_member(name, on_demand=on_demand))
            updates.append({"Create": created[-1]})
        elif random.random() < 0.5:
            updates.append({"Delete": {"IndexName": name}})
        else:
            units: dict[str, Any] = {"OnDemandThroughput": _CAPS}
            if not on_demand:
                units = throughput(*random.choice(((8, 8), (1, 9))))
            if random.random() < 0.2:
                units["WarmThroughput"] = _WARM
            updates.append({"Update": {"IndexName": name, **units}})
    request["GlobalSecondaryIndexUpdates"] = updates
    if created:
        request["AttributeDefinitions"] = definitions(*created)


def _stream(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    kind = random.choice((None, "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"))
    stream: dict[str, Any] = {"StreamEnabled": kind is not None}
    if kind is not None:
        stream["StreamViewType"] = kind
    elif scene.regions:
        return
    request["StreamSpecification"] = stream


def _encryption(random: Random, _scene: Scene, request: dict[str, Any]) -> None:
    if random.random() < 0.7:
        request["SSESpecification"] = {"Enabled": True, "SSEType": "KMS"}
    else:
        request["SSESpecification"] = {"Enabled": False}


def _class(random: Random, _scene: Scene, request: dict[str, Any]) -> None:
    request["TableClass"] = random.choice(("STANDARD", "STANDARD_INFREQUENT_ACCESS"))


def _protection(random: Random, _scene: Scene, request: dict[str, Any]) -> None:
    request["DeletionProtectionEnabled"] = random.random() < 0.5


def _limits(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if "BillingMode" in request:
        return
    if scene.on_demand and random.random() < 0.6:
        request["OnDemandThroughput"] = _CAPS
    else:
        request["WarmThroughput"] = _WARM


def _replicas(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if not _final_mode(scene, request) or scene.vectors:
        return
    if scene.regions and random.random() < 0.5:
        updates = [{"Delete": {"RegionName": scene.regions[0]}}]
    else:
        updates = [{"Create": {"RegionName": random.choice(REGIONS)}}]
    if request.get("StreamSpecification", {}).get("StreamEnabled") is False:
        return
    request["ReplicaUpdates"] = updates


def _vectors(random: Random, scene: Scene, request: dict[str, Any]) -> None:
    if not _final_mode(scene, request) or scene.regions:
        return
    if "ReplicaUpdates" in request:
        return
    name = random.choice(list(VECTORS))
    update: dict[str, Any] = {"Create": vector_member(name)}
    if name in scene.vectors:
        update = {"Delete": {"IndexName": name}}
    request["VectorIndexUpdates"] = [update]


DRAWS: dict[str, Callable[[Random, Scene], Script]] = {
    "indexes": draw_index_script,
    "update": draw_update_script,
    "create": draw_create_script,
    "delete": draw_delete_script,
    "turns": draw_turns_script,
    "queue": draw_queue_script,
    "settings": draw_settings_script,
}
