"""Probes: what state follows what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import ACCEPTED, MORE, statuses
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import (
    ON_DEMAND,
    STREAM,
    VECTOR,
    creation_request,
    deletion_request,
    units_request,
)

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps


def _created(bench: Bench) -> str:
    return str(bench.create(wait=False)["TableStatus"])


def _creating(bench: Bench) -> str:
    bench.create(wait=False)
    return bench.trace(bench.status, "ACTIVE")


def _creating_with_index(bench: Bench) -> str:
    bench.create("day", wait=False)
    return bench.trace(bench.both, "ACTIVE/ACTIVE")


def _created_anew(bench: Bench) -> str:
    bench.create()
    first = bench.look()
    bench.do("delete_table")
    bench.until(bench.status, "ABSENT")
    bench.create()
    second = bench.look()
    identity = "another TableId"
    if first.get("TableId") == second.get("TableId"):
        identity = "the same TableId" if first.get("TableId") else "no TableId"
    same = first["TableArn"] == second["TableArn"]
    return f"{identity}, {'the same' if same else 'another'} ARN"


def _deleting_response(bench: Bench) -> str:
    bench.create()
    return str(bench.do("delete_table")["TableDescription"]["TableStatus"])


def _deleting(bench: Bench) -> str:
    bench.create()
    bench.do("delete_table")
    return bench.trace(bench.status, "ABSENT")


def _updating(**request: Any) -> Steps:
    def steps(bench: Bench) -> str:
        bench.create()
        bench.do("update_table", **request)
        return bench.trace(bench.status, "ACTIVE")

    return steps


def _echo(bench: Bench) -> str:
    bench.create()
    told = bench.do("update_table", ProvisionedThroughput=MORE)["TableDescription"]
    units = told["ProvisionedThroughput"]["ReadCapacityUnits"]
    return f"{told['TableStatus']}, {'old' if units < 6 else 'new'} throughput"


def _to_provisioned(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    bench.do("update_table", BillingMode="PROVISIONED", ProvisionedThroughput=MORE)
    return bench.trace(bench.status, "ACTIVE")


def _reversed_switch(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    bench.pause(60)
    units = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": MORE}
    bench.do("update_table", **units)
    bench.need("UPDATING", bench.status)
    answered = bench.ask("update_table", **ON_DEMAND)
    bench.settle()
    mode = bench.look().get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    return f"{answered}, then {mode}"


def _encrypting(bench: Bench) -> str:
    bench.create()
    bench.do("update_table", SSESpecification={"Enabled": True, "SSEType": "KMS"})

    def look() -> str:
        table = bench.look()
        return f"{table['TableStatus']}/{table.get('SSEDescription', {}).get('Status')}"

    return bench.trace(look, "ACTIVE/ENABLED")


def _warming(bench: Bench) -> str:
    bench.create()
    warm = {"ReadUnitsPerSecond": 20_000, "WriteUnitsPerSecond": 8_000}
    bench.do("update_table", WarmThroughput=warm)

    def look() -> str:
        table = bench.look()
        status = table.get("WarmThroughput", {}).get("Status")
        return f"{table['TableStatus']}/{status}"

    return bench.trace(look, "ACTIVE/ACTIVE")


def _protecting(bench: Bench) -> str:
    bench.create()
    bench.do("update_table", DeletionProtectionEnabled=True)
    table = bench.look()
    return f"{table['TableStatus']}, {table.get('DeletionProtectionEnabled')}"


def _capping(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    caps = {"MaxReadRequestUnits": 50, "MaxWriteRequestUnits": 50}
    bench.do("update_table", OnDemandThroughput=caps)
    table = bench.look()
    shown = "set" if table.get("OnDemandThroughput") == caps else "not set"
    return f"{table['TableStatus']}, {shown}"


def _adding(bench: Bench) -> str:
    bench.create()
    bench.do("update_table", **creation_request())
    return bench.trace(bench.both, "ACTIVE/ACTIVE")


def _adding_response(bench: Bench) -> str:
    bench.create()
    told = bench.do("update_table", **creation_request())["TableDescription"]
    return statuses(told, "by-day").partition("/")[2]


def _dropping(bench: Bench) -> str:
    bench.create("day")
    bench.do("update_table", **deletion_request())
    return bench.trace(bench.both, "ACTIVE/ABSENT")


def _pruning(bench: Bench) -> str:
    bench.create("day")
    bench.do("update_table", **deletion_request())
    bench.until(bench.both, "ACTIVE/ABSENT")
    kept = bench.look()["AttributeDefinitions"]
    return ", ".join(sorted(each["AttributeName"] for each in kept))


def _rescaling(bench: Bench) -> str:
    bench.create("day")
    bench.do("update_table", **units_request())
    return bench.trace(bench.both, "ACTIVE/ACTIVE")


def _cancelling(bench: Bench) -> str:
    bench.create()
    bench.do("update_table", **creation_request())
    bench.until(bench.both, "ACTIVE/CREATING true")
    answered = bench.ask("update_table", **deletion_request())
    if answered != ACCEPTED:
        return answered
    return bench.trace(lambda: bench.both().partition("/")[2], "ABSENT")


def _adding_vector(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    bench.do("update_table", VectorIndexUpdates=[{"Create": VECTOR}])
    return bench.trace(lambda: bench.both("by-look"), "ACTIVE/ACTIVE")


def _adding_replica(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    create = {"Create": {"RegionName": "us-west-2"}}
    bench.do("update_table", ReplicaUpdates=[create])

    def look() -> str:
        replicas = bench.look().get("Replicas", ())
        return str(replicas[0]["ReplicaStatus"]) if replicas else "no entry"

    return bench.trace(look, "ACTIVE")


_BUSY = "UPDATING → ACTIVE"

STATES = (
    row(
        "an index is created online (table/index, `Backfilling`)",
        BOTH,
        _adding,
        "UPDATING/CREATING false → ACTIVE/CREATING true → ACTIVE/ACTIVE",
        slow=True,
    ),
    row(
        "an index is deleted while it backfills",
        BOTH,
        _cancelling,
        "DELETING → ABSENT",
        slow=True,
    ),
    row(
        "an index is deleted (table/index)",
        BOTH,
        _dropping,
        "UPDATING/DELETING → ACTIVE/ABSENT",
    ),
    row("which attributes are left after that", MEASURED, _pruning, "pk"),
    row(
        "a vector index is created online (table/index, `Backfilling`)",
        BOTH,
        _adding_vector,
        "UPDATING/CREATING false → ACTIVE/CREATING true → ACTIVE/ACTIVE",
    ),
    row(
        "the answer to the creation of an index",
        DOCUMENTED,
        _adding_response,
        "CREATING false",
    ),
    row(
        "an index's throughput is changed (table/index)",
        BOTH,
        _rescaling,
        "ACTIVE/UPDATING → ACTIVE/ACTIVE",
    ),
    row("the answer to CreateTable", BOTH, _created, "CREATING"),
    row("a table is created", BOTH, _creating, "CREATING → ACTIVE"),
    row(
        "a table is created with an index (table/index)",
        BOTH,
        _creating_with_index,
        "CREATING/CREATING → ACTIVE/ACTIVE",
    ),
    row(
        "a table is deleted and created anew",
        BOTH,
        _created_anew,
        "another TableId, the same ARN",
    ),
    row("the answer to DeleteTable", BOTH, _deleting_response, "DELETING"),
    row("a table is deleted", BOTH, _deleting, "DELETING → ABSENT"),
    row(
        "a table's throughput is changed",
        BOTH,
        _updating(ProvisionedThroughput=MORE),
        _BUSY,
    ),
    row("the answer to that", MEASURED, _echo, "UPDATING, old throughput"),
    row("a switch to on-demand capacity", MEASURED, _updating(**ON_DEMAND), _BUSY),
    row("a switch to provisioned capacity", MEASURED, _to_provisioned, _BUSY),
    row(
        "a switch to provisioned capacity that is reversed while it is under way",
        MEASURED,
        _reversed_switch,
        "accepted, then PROVISIONED",
    ),
    row("a stream is enabled", MEASURED, _updating(StreamSpecification=STREAM), _BUSY),
    row(
        "the table class is changed",
        MEASURED,
        _updating(TableClass="STANDARD_INFREQUENT_ACCESS"),
        _BUSY,
    ),
    row(
        "encryption with KMS is enabled (table/encryption)",
        MEASURED,
        _encrypting,
        "ACTIVE/UPDATING → ACTIVE/ENABLED",
    ),
    row(
        "warm throughput is raised (table/warm throughput)",
        BOTH,
        _warming,
        "ACTIVE/UPDATING → ACTIVE/ACTIVE",
    ),
    row(
        "deletion protection is enabled, at the next look",
        MEASURED,
        _protecting,
        "ACTIVE, True",
    ),
    row(
        "caps of on-demand throughput, at the next look",
        MEASURED,
        _capping,
        "ACTIVE, set",
    ),
    row(
        "a replica is added",
        BOTH,
        _adding_replica,
        "no entry → CREATING → ACTIVE",
    ),
)
