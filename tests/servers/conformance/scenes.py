"""The scenes that probes are put in: what is under way when they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import KEY, MORE, definitions, index

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps

VECTOR = {
    "IndexName": "by-look",
    "VectorAttribute": {"AttributeName": "look"},
    "Projection": {"ProjectionType": "KEYS_ONLY"},
    "Dimensions": 3,
    "DistanceFunction": "COSINE",
}
STREAM = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
ON_DEMAND: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
ENCRYPTED = {"Enabled": True, "SSEType": "KMS"}
EVEN_MORE = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 7}
INFREQUENT = "STANDARD_INFREQUENT_ACCESS"


def creation_request(attribute: str = "day", **more: Any) -> dict[str, Any]:
    """Return the members of an UpdateTable that creates an index."""
    made = {**index(attribute, units=MORE), **more}
    return {
        "AttributeDefinitions": definitions(KEY, attribute),
        "GlobalSecondaryIndexUpdates": [{"Create": made}],
    }


def deletion_request(name: str = "by-day") -> dict[str, Any]:
    """Return the members of an UpdateTable that deletes an index."""
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def units_request(name: str = "by-day", units: Any = None) -> dict[str, Any]:
    """Return the members of an UpdateTable that changes an index's throughput."""
    update = {"IndexName": name, "ProvisionedThroughput": units or MORE}
    return {"GlobalSecondaryIndexUpdates": [{"Update": update}]}


def still(operation: str, *, on: dict[str, Any] | None = None, **request: Any) -> Steps:
    """Return steps that ask something of a table on which nothing moves."""

    def steps(bench: Bench) -> str:
        bench.create(**(on or {}))
        return bench.ask(operation, **request)

    return steps


def missing(operation: str, **request: Any) -> Steps:
    """Return steps that ask something of a table that does not exist."""

    def steps(bench: Bench) -> str:
        return bench.ask(operation, **request)

    return steps


def creating(operation: str, **request: Any) -> Steps:
    """Return steps that ask something of a table that is CREATING."""

    def steps(bench: Bench) -> str:
        bench.create(wait=False)
        bench.need("CREATING", bench.status)
        return bench.ask(operation, **request)

    return steps


def updating(operation: str, **request: Any) -> Steps:
    """Return steps that ask something of a table whose throughput changes."""

    def steps(bench: Bench) -> str:
        bench.create()
        bench.pause(60)
        bench.do("update_table", ProvisionedThroughput=MORE)
        bench.need("UPDATING", bench.status)
        return bench.ask(operation, **request)

    return steps


def deleting(operation: str, **request: Any) -> Steps:
    """Return steps that ask something of a table that is DELETING."""

    def steps(bench: Bench) -> str:
        bench.create()
        bench.pause(60)
        bench.do("delete_table")
        bench.need("DELETING", bench.status)
        return bench.ask(operation, **request)

    return steps


def allocating(operation: str, *others: str, **request: Any) -> Steps:
    """Return steps that ask something while an index is in its first phase."""

    def steps(bench: Bench) -> str:
        _begin(bench, *others)
        if bench.both().partition("/")[2] != "CREATING false":
            bench.need("UPDATING/CREATING false", bench.both)
        return bench.ask(operation, **request)

    return steps


def backfilling(operation: str, *others: str, **request: Any) -> Steps:
    """Return steps that ask something while an index is in its second phase."""

    def steps(bench: Bench) -> str:
        _begin(bench, *others)
        bench.until(bench.both, "ACTIVE/CREATING true")
        return bench.ask(operation, **request)

    return steps


def dropping(operation: str, **request: Any) -> Steps:
    """Return steps that ask something while an index is DELETING."""

    def steps(bench: Bench) -> str:
        bench.create("day")
        bench.pause(60)
        bench.do("update_table", **deletion_request())
        if bench.both().partition("/")[2] != "DELETING":
            bench.need("UPDATING/DELETING", bench.both)
        return bench.ask(operation, **request)

    return steps


def rescaling(operation: str, **request: Any) -> Steps:
    """Return steps that ask something while an index's throughput changes."""

    def steps(bench: Bench) -> str:
        bench.create("day")
        bench.pause(60)
        bench.do("update_table", **units_request())
        if bench.both().partition("/")[2] != "UPDATING":
            bench.need("ACTIVE/UPDATING", bench.both)
        return bench.ask(operation, **request)

    return steps


def indexed(operation: str, **request: Any) -> Steps:
    """Return steps that ask something of a table with an index on which nothing moves.

    The index is ``by-day``; on-demand capacity is asked for with ``on_demand=True``.
    """
    on_demand = request.pop("on_demand", False)

    def steps(bench: Bench) -> str:
        bench.create("day", **(ON_DEMAND if on_demand else {}))
        return bench.ask(operation, **request)

    return steps


def _begin(bench: Bench, *others: str) -> None:
    bench.create(*others)
    bench.pause(60)
    bench.do("update_table", **creation_request())
