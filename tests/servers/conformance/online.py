"""Probes: which changes are refused around indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import ACCEPTED as OK
from conformance.bench import KEY, MORE, THROUGHPUT, definitions, index
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import (
    ENCRYPTED,
    ON_DEMAND,
    STREAM,
    VECTOR,
    allocating,
    backfilling,
    creation_request,
    deletion_request,
    dropping,
    indexed,
    rescaling,
    still,
    units_request,
)

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps

_MANY = 20


def _two(*actions: dict[str, Any]) -> dict[str, Any]:
    """Return one UpdateTable of several others."""
    updates = [each for one in actions for each in one["GlobalSecondaryIndexUpdates"]]
    return {
        "AttributeDefinitions": definitions(KEY, "day", "email"),
        "GlobalSecondaryIndexUpdates": updates,
    }


def _many_at_once(bench: Bench) -> str:
    names = [f"a{number}" for number in range(_MANY + 1)]
    return bench.ask(
        "create_table",
        AttributeDefinitions=definitions(KEY, *names),
        KeySchema=[{"AttributeName": KEY, "KeyType": "HASH"}],
        ProvisionedThroughput=THROUGHPUT,
        GlobalSecondaryIndexes=[index(name, units=THROUGHPUT) for name in names],
    )


def _one_too_many(bench: Bench) -> str:
    bench.create(*(f"a{number}" for number in range(_MANY)))
    return bench.ask("update_table", **creation_request())


def _definitions_after(request: dict[str, Any]) -> Steps:
    def steps(bench: Bench) -> str:
        bench.create()
        if (answer := bench.ask("update_table", **request)) != OK:
            return answer
        bench.need("index", lambda: _kind_of_index(bench))
        known = bench.look()["AttributeDefinitions"]
        pairs = [f"{each['AttributeName']} {each['AttributeType']}" for each in known]
        return ", ".join(sorted(pairs))

    return steps


def _compound(bench: Bench) -> str:
    bench.create()
    bench.do("update_table", **_TWO_KEYS)
    bench.need("index", lambda: _kind_of_index(bench))
    keys = bench.look()["GlobalSecondaryIndexes"][0]["KeySchema"]
    return f"{[key['KeyType'] for key in keys].count('HASH')} partition keys"


def _ten_at_once(bench: Bench) -> str:
    names = [f"{bench.table}-{number}" for number in range(10)]
    for name in names:
        bench.create(TableName=name, wait=False)
    bench.pause(60)
    answers = [
        bench.once("update_table", TableName=name, **creation_request())
        for name in names
    ]
    bench.drop(*names)
    return next((answer for answer in answers if answer != OK), OK)


def _kind_of_index(bench: Bench) -> str:
    return "none" if bench.both().endswith("ABSENT") else "index"


def _vector_meanwhile(bench: Bench) -> str:
    bench.create(**ON_DEMAND)
    bench.do("update_table", VectorIndexUpdates=[{"Create": VECTOR}])
    if not bench.both("by-look").endswith("false"):
        bench.need("UPDATING/CREATING false", lambda: bench.both("by-look"))
    plain = creation_request()
    del plain["GlobalSecondaryIndexUpdates"][0]["Create"]["ProvisionedThroughput"]
    return bench.ask("update_table", **plain)


_TWO_KEYS = creation_request(
    KeySchema=[
        {"AttributeName": "day", "KeyType": "HASH"},
        {"AttributeName": "email", "KeyType": "HASH"},
    ]
) | {"AttributeDefinitions": definitions(KEY, "day", "email")}
_UNDEFINED = {**creation_request(), "AttributeDefinitions": definitions(KEY)}
_RETYPED = creation_request() | {
    "AttributeDefinitions": [
        {"AttributeName": KEY, "AttributeType": "N"},
        *definitions("day", "unused"),
    ]
}
_IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use:"
_ONE = (
    "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be "
    "created or deleted simultaneously per table"
)
_MOVING = f"{_IN_USE} Cannot delete table while indexes are being created, updated, or"
_VE = "ValidationException"
_OTHER = creation_request("email")

ONLINE = (
    row(
        "a second index, the first in backfill",
        BOTH,
        backfilling("update_table", **_OTHER),
        _ONE,
        slow=True,
    ),
    row(
        "throughput of the table, an index in backfill",
        BOTH,
        backfilling("update_table", ProvisionedThroughput=MORE),
        OK,
        slow=True,
    ),
    row(
        "DeleteTable, an index in backfill",
        BOTH,
        backfilling("delete_table"),
        _MOVING,
        slow=True,
    ),
    row(
        "deletion of another index, an index in backfill",
        DOCUMENTED,
        backfilling("update_table", "email", **deletion_request("by-email")),
        "LimitExceededException",
        slow=True,
    ),
    row(
        "a second index, the first in allocation",
        BOTH,
        allocating("update_table", **_OTHER),
        _ONE,
    ),
    row(
        "deletion of another index, an index in allocation",
        BOTH,
        allocating("update_table", "email", **deletion_request("by-email")),
        _ONE,
    ),
    row(
        "deletion of an index in allocation",
        BOTH,
        allocating("update_table", **deletion_request()),
        f"{_IN_USE} Index creation is in resource allocation phase. Retry deletion "
        "during backfilling phase or when the index is active. Table: T Index: by-day",
    ),
    row(
        "throughput of the table, an index in allocation",
        BOTH,
        allocating("update_table", ProvisionedThroughput=MORE),
        f"{_IN_USE} Can't change table IOPS when an index is being created. Table: T "
        "Indexes: [by-day]",
    ),
    row(
        "throughput of an index in allocation",
        DOCUMENTED,
        allocating("update_table", **units_request(units=THROUGHPUT)),
        "ResourceInUseException",
    ),
    row(
        "throughput of another index, an index in allocation",
        DOCUMENTED,
        allocating("update_table", "email", **units_request("by-email")),
        OK,
    ),
    row(
        "a stream is enabled, an index in allocation",
        MEASURED,
        allocating("update_table", StreamSpecification=STREAM),
        "ResourceInUseException: Can't change stream status when an index is being "
        "created",
    ),
    row(
        "deletion protection, an index in allocation",
        MEASURED,
        allocating("update_table", DeletionProtectionEnabled=True),
        OK,
    ),
    row(
        "encryption, an index in allocation",
        MEASURED,
        allocating("update_table", SSESpecification=ENCRYPTED),
        OK,
    ),
    row(
        "warm throughput, an index in allocation",
        MEASURED,
        allocating(
            "update_table",
            WarmThroughput={
                "ReadUnitsPerSecond": 20_000,
                "WriteUnitsPerSecond": 8_000,
            },
        ),
        "InternalServerError: Table is under system maintenance, please try again",
    ),
    row(
        "DeleteTable, an index in allocation", BOTH, allocating("delete_table"), _MOVING
    ),
    row("DeleteTable, an index UPDATING", BOTH, rescaling("delete_table"), _MOVING),
    row("DeleteTable, an index DELETING", BOTH, dropping("delete_table"), _MOVING),
    row(
        "deletion of an index that is DELETING",
        MEASURED,
        dropping("update_table", **deletion_request()),
        f"{_IN_USE} Index is being deleted. Table: T Index: by-day",
    ),
    row(
        "creation of an index that is DELETING",
        MEASURED,
        dropping("update_table", **creation_request()),
        "ResourceInUseException: Index is being deleted",
    ),
    row(
        "throughput of the table, an index DELETING",
        MEASURED,
        dropping("update_table", ProvisionedThroughput=MORE),
        "ResourceInUseException: Can't change table IOPS when an index is being "
        "deleted",
    ),
    row(
        "deletion protection, an index DELETING",
        MEASURED,
        dropping("update_table", DeletionProtectionEnabled=True),
        OK,
    ),
    row(
        "an index, a vector index in allocation",
        DOCUMENTED,
        _vector_meanwhile,
        "LimitExceededException",
    ),
    row(
        "two new indexes in one call",
        BOTH,
        still("update_table", **_two(creation_request(), _OTHER)),
        _ONE,
    ),
    row(
        "a new index and a deletion in one call",
        BOTH,
        indexed("update_table", **_two(_OTHER, deletion_request())),
        _ONE,
    ),
    row(
        "deletion and creation of one index in one call",
        MEASURED,
        indexed("update_table", **_two(deletion_request(), creation_request())),
        f"{_VE}: Only one global secondary index update per index is allowed "
        "simultaneously. Index: by-day",
    ),
    row(
        "creation of an index that exists (no text known)",
        MEASURED,
        indexed("update_table", **creation_request()),
        _VE,
    ),
    row(
        "deletion of an index that does not exist",
        BOTH,
        still("update_table", **deletion_request()),
        "ResourceNotFoundException: Requested resource not found: Index by-day for "
        "table T",
    ),
    row(
        "throughput of an index as it is already",
        MEASURED,
        indexed("update_table", **units_request(units=THROUGHPUT)),
        f"{_VE}: The provisioned throughput for the index by-day will not change",
    ),
    row(
        "throughput of an index of a table with on-demand capacity",
        MEASURED,
        indexed("update_table", on_demand=True, **units_request()),
        f"{_VE}: The only Updates for index: by-day when TableThroughputMode is "
        "PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput",
    ),
    row(
        "a new index, its attribute undefined",
        BOTH,
        still("update_table", **_UNDEFINED),
        f"{_VE}: AttributeDefinitions is not specified for index: by-day",
    ),
    row(
        "a new index, a known attribute of another type and a superfluous one",
        MEASURED,
        _definitions_after(_RETYPED),
        "day S, pk S",
    ),
    row(
        "a new index with two partition keys",
        BOTH,
        _compound,
        "2 partition keys",
    ),
    row("a new index on each of ten tables at once", MEASURED, _ten_at_once, OK),
    row("21 indexes at CreateTable", BOTH, _many_at_once, _VE),
    row(
        "a 21st index by UpdateTable",
        BOTH,
        _one_too_many,
        "LimitExceededException: Number of global secondary indexes exceeds per-table "
        "limit of 20",
    ),
)
