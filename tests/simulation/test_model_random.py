"""Whatever is asked of the model, in whatever order: it answers or refuses, in form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dynawait.testing import ControlPlane, Ending, ServiceFault
from tests.simulation.botocore_shapes import MODEL, flaws, input_of, requests
from tests.simulation.support import (
    COLD,
    KEYED,
    NO_STREAM,
    ON_DEMAND,
    PROTECTED,
    STREAM,
    create_index,
    delete_index,
    index,
    indexed_table,
    table,
    throughput,
    update_index,
)

_RELAXED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_DESCRIPTION = MODEL.shape_for("TableDescription")
_INDEXES = ("by-email", "by-day", "by-name")
_REGIONS = ("eu-west-1", "us-west-2", "us-east-1")


def _units(least: int = -1, most: int = 9) -> st.SearchStrategy[int]:
    return st.integers(least, most)


def _caps() -> st.SearchStrategy[dict[str, Any]]:
    names = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
    return st.fixed_dictionaries({}, optional={name: _units() for name in names})


def _warm() -> st.SearchStrategy[dict[str, Any]]:
    units = st.sampled_from([1, 5, 4_000, 12_000, 12_001, 40_001])
    names = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, units))


def _vector(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "VectorAttribute": {"AttributeName": "look"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
    }


def _index_changes() -> st.SearchStrategy[dict[str, Any]]:
    name = st.sampled_from(_INDEXES)
    units = st.builds(throughput, _units(1), _units(1))
    own = st.one_of(
        units,
        _caps().map(lambda caps: {"OnDemandThroughput": caps}),
        _warm().map(lambda warm: {"WarmThroughput": warm}),
        st.just({}),
    )
    updates = st.builds(
        lambda name, own: {
            "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": name, **own}}]
        },
        name,
        own,
    )
    creations = st.builds(lambda n, u: create_index(n, "day", **u), name, own)
    vectors = st.builds(
        lambda name, action: {
            "VectorIndexUpdates": [
                {"Create": _vector("orders")}
                if action
                else {"Delete": {"IndexName": name}}
            ]
        },
        name,
        st.booleans(),
    )
    return st.one_of(updates, creations, name.map(delete_index), vectors)


def _regions() -> st.SearchStrategy[dict[str, Any]]:
    action = st.sampled_from(["Create", "Update", "Delete", "Disassociate"])
    mode = {"DisassociationMode": "WAIT_FOR_REPLICATION"}
    replica = st.builds(
        lambda action, region, override: {
            action: {
                "RegionName": region,
                **(mode if action == "Disassociate" else {}),
                **({"TableClassOverride": "STANDARD"} if override else {}),
            }
        },
        action,
        st.sampled_from(_REGIONS),
        st.booleans(),
    )
    replicas = st.lists(replica, min_size=1, max_size=2)
    witness = st.builds(
        lambda action, region: [{action: {"RegionName": region}}],
        st.sampled_from(["Create", "Delete"]),
        st.sampled_from(_REGIONS),
    )
    return st.fixed_dictionaries(
        {"ReplicaUpdates": replicas},
        optional={
            "MultiRegionConsistency": st.sampled_from(["STRONG", "EVENTUAL"]),
            "GlobalTableWitnessUpdates": witness,
        },
    )


def _changes() -> st.SearchStrategy[dict[str, Any]]:
    settled = st.sampled_from(
        [
            COLD,
            {"TableClass": "STANDARD"},
            KEYED,
            {"SSESpecification": {"Enabled": False}},
            PROTECTED,
            {"DeletionProtectionEnabled": False},
            STREAM,
            NO_STREAM,
            ON_DEMAND,
            {"BillingMode": "PROVISIONED", **throughput(2, 2)},
            {"BillingMode": "PROVISIONED", **throughput(2, 2)}
            | update_index("by-email", 2, 2),
            {"DisassociationProtectionEnabled": False},
            {"GlobalTableSettingsReplicationMode": "ENABLED"},
            {},
        ]
    )
    one = st.one_of(
        settled,
        st.builds(throughput, _units(1), _units(1)),
        _caps().map(lambda caps: {"OnDemandThroughput": caps}),
        _warm().map(lambda warm: {"WarmThroughput": warm}),
        _index_changes(),
        _regions(),
    )
    both = st.builds(lambda first, second: first | second, one, one)
    return st.one_of(one, one, one, both)


def _tables() -> st.SearchStrategy[dict[str, Any]]:
    keyed = [index("by-email", "email", **throughput(5, 5))]
    return st.sampled_from(
        [
            indexed_table(),
            indexed_table(GlobalSecondaryIndexes=keyed, **throughput(5, 5)),
            table(VectorIndexes=[_vector("by-name")], **KEYED, **STREAM),
        ]
    )


def _steps() -> st.SearchStrategy[Any]:
    update = _changes().map(lambda change: ("UpdateTable", change))
    ask = st.one_of(
        _tables().map(lambda request: ("CreateTable", request)),
        st.just(("DeleteTable", {})),
    )
    wait = st.sampled_from([2, 45, 300, 1_200, 1_200, 90_000])
    provoke = st.sampled_from(
        [
            lambda plane: plane.lose_key("orders", at_once=True),
            lambda plane: plane.restore_key("orders"),
            lambda plane: plane.archive("orders"),
            lambda plane: plane.forget("orders"),
            lambda plane: plane.forget("orders", "by-day"),
            lambda plane: plane.stall("orders", "by-day"),
            lambda plane: plane.autoscale("orders"),
            lambda plane: plane.count_items("orders", 1_000, size=5_000),
            lambda plane: plane.arrange("replica", Ending("CREATION_FAILED")),
            lambda plane: plane.arrange("table", Ending("VANISHED")),
        ]
    )
    step = st.one_of(update, update, update, wait, wait, wait, provoke, ask)
    return st.lists(step, min_size=10, max_size=40)


def _run(plane: ControlPlane, operation: str, request: dict[str, Any]) -> None:
    """Make a call, and check the form of its answer; refusals are answers."""
    try:
        response = plane.handle(operation, request)
    except ServiceFault:
        return
    output = MODEL.operation_model(operation).output_shape
    assert output is None or flaws(output, response, operation) == []


@_RELAXED
@given(first=_tables(), steps=_steps())
def test_any_sequence_is_answered_in_form(
    first: dict[str, Any], steps: list[Any]
) -> None:
    """No order of changes, waits and mishaps breaks the model or its descriptions.

    At any time at most one index of a table is being created or deleted, and what
    is under way lies ahead.
    """
    now = [0.0]
    plane = ControlPlane(lambda: now[0])
    _run(plane, "CreateTable", first)
    now[0] += 60
    for step in steps:
        match step:
            case (operation, request):
                _run(plane, operation, {"TableName": "orders", **request})
            case float() | int():
                now[0] += step
            case _:
                # What is not there cannot be provoked.
                with suppress(ValueError):
                    step(plane)
        for name, found in plane.describe_all().items():
            assert flaws(_DESCRIPTION, found, name) == []
        for jobs in plane.under_way().values():
            online = [j for j in jobs if j.kind in {"allocate", "index-delete"}]
            online += [job for job in jobs if job.kind == "backfill"]
            assert len(online) <= 1
            assert all(job.ends > now[0] for job in jobs)


@_RELAXED
@given(data=st.data())
def test_any_legal_update_is_answered_in_form(data: st.DataObject) -> None:
    """Whatever botocore lets through as UpdateTable or CreateTable, in any state."""
    now = [0.0]
    plane = ControlPlane(lambda: now[0])
    _run(plane, "CreateTable", indexed_table())
    now[0] += 60
    for _ in range(3):
        operation = data.draw(st.sampled_from(["UpdateTable", "CreateTable"]))
        request = data.draw(requests(input_of(operation)))
        request["TableName"] = data.draw(st.sampled_from(["orders", "others"]))
        _run(plane, operation, request)
        now[0] += 20
        for name, found in plane.describe_all().items():
            assert flaws(_DESCRIPTION, found, name) == []
