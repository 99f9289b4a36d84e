"""Probes: what a table refuses, when, and with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.bench import ACCEPTED, KEY, MORE, THROUGHPUT, definitions, index
from conformance.probe import BOTH, DOCUMENTED, MEASURED, row
from conformance.scenes import (
    ENCRYPTED,
    EVEN_MORE,
    INFREQUENT,
    ON_DEMAND,
    STREAM,
    creating,
    creation_request,
    deleting,
    missing,
    still,
    updating,
)

if TYPE_CHECKING:
    from conformance.bench import Bench
    from conformance.probe import Steps


def _creation(*attributes: str, **more: Any) -> dict[str, Any]:
    return {
        "AttributeDefinitions": definitions(*attributes),
        "KeySchema": [{"AttributeName": KEY, "KeyType": "HASH"}],
        "ProvisionedThroughput": THROUGHPUT,
        **more,
    }


def _tagged(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    arn = bench.look()["TableArn"]
    bench.do("update_table", ProvisionedThroughput=MORE)
    bench.need("UPDATING", bench.status)
    tags = [{"Key": "team", "Value": "a"}]
    return bench.ask("tag_resource", TableName=None, ResourceArn=arn, Tags=tags)


def _switched_back(bench: Bench) -> str:
    bench.create()
    bench.pause(60)
    bench.do("update_table", **ON_DEMAND)
    bench.need("UPDATING", bench.status)
    units = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": EVEN_MORE}
    return bench.ask("update_table", **units)


def _protected(bench: Bench) -> str:
    bench.create(DeletionProtectionEnabled=True)
    return bench.ask("delete_table")


def _by_arn(bench: Bench) -> str:
    bench.create()
    return bench.ask("describe_table", TableName=bench.look()["TableArn"])


def _without_index_units(bench: Bench) -> str:
    bench.create("day", **ON_DEMAND)
    return bench.ask(
        "update_table", BillingMode="PROVISIONED", ProvisionedThroughput=MORE
    )


def _pair(first: dict[str, Any], second: dict[str, Any]) -> Steps:
    return still("update_table", **first, **second)


_IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use:"
_NOT_FOUND = (
    "ResourceNotFoundException: Requested resource not found: Table: T not found"
)
_VE = "ValidationException"
_IOPS = {"ProvisionedThroughput": MORE}

REFUSALS = (
    row(
        "CreateTable of a table that exists",
        MEASURED,
        still("create_table", **_creation(KEY)),
        "ResourceInUseException: Table already exists: T",
    ),
    row(
        "CreateTable of a table that is CREATING",
        MEASURED,
        creating("create_table", **_creation(KEY)),
        "ResourceInUseException: Table is being created: T",
    ),
    row(
        "UpdateTable while CREATING",
        MEASURED,
        creating("update_table", **_IOPS),
        f"{_IN_USE} Table is being created: T",
    ),
    row(
        "DeleteTable while CREATING",
        BOTH,
        creating("delete_table"),
        f"{_IN_USE} Table is being created: T",
    ),
    row(
        "a change of throughput while another is under way",
        BOTH,
        updating("update_table", ProvisionedThroughput=EVEN_MORE),
        f"{_IN_USE} Table IOPS are currently being updated. Table: T",
    ),
    row(
        "a switch to on-demand capacity is reversed while it is under way",
        MEASURED,
        _switched_back,
        f"{_IN_USE} Table IOPS are currently being updated. Table: T",
    ),
    row(
        "a stream is enabled while throughput is changed",
        MEASURED,
        updating("update_table", StreamSpecification=STREAM),
        "ResourceInUseException",
    ),
    row(
        "an index is created meanwhile",
        MEASURED,
        updating("update_table", **creation_request()),
        "ResourceInUseException",
    ),
    row(
        "deletion protection is enabled meanwhile",
        MEASURED,
        updating("update_table", DeletionProtectionEnabled=True),
        ACCEPTED,
    ),
    row(
        "encryption is enabled meanwhile",
        MEASURED,
        updating("update_table", SSESpecification=ENCRYPTED),
        ACCEPTED,
    ),
    row("the table is tagged meanwhile", MEASURED, _tagged, ACCEPTED),
    row(
        "DeleteTable meanwhile",
        BOTH,
        updating("delete_table"),
        f"{_IN_USE} Table: T is in the process of being updated.",
    ),
    row(
        "UpdateTable while DELETING",
        DOCUMENTED,
        deleting("update_table", **_IOPS),
        "ResourceInUseException",
    ),
    row(
        "DeleteTable while DELETING: refused as measured, accepted as documented",
        BOTH,
        deleting("delete_table"),
        f"{_IN_USE} Table is being deleted: T",
        ACCEPTED,
    ),
    row("DescribeTable, no table", MEASURED, missing("describe_table"), _NOT_FOUND),
    row("UpdateTable, no table", BOTH, missing("update_table", **_IOPS), _NOT_FOUND),
    row("DeleteTable, no table", BOTH, missing("delete_table"), _NOT_FOUND),
    row("DescribeTable by ARN", DOCUMENTED, _by_arn, ACCEPTED),
    row(
        "DeleteTable of a protected table",
        MEASURED,
        _protected,
        f"{_VE}: Resource cannot be deleted as it is currently protected against "
        "deletion. Disable deletion protection first.",
    ),
    row(
        "CreateTable, a key attribute undefined",
        MEASURED,
        missing("create_table", **_creation("other")),
        f"{_VE}: Some index key attributes are not defined in AttributeDefinitions.",
    ),
    row(
        "CreateTable, an attribute that no key uses",
        MEASURED,
        missing("create_table", **_creation(KEY, "other")),
        f"{_VE}: Number of attributes in KeySchema does not exactly match",
    ),
    row(
        "the same with an index",
        MEASURED,
        missing(
            "create_table",
            **_creation(
                *(KEY, "day", "other"),
                GlobalSecondaryIndexes=[index("day", units=THROUGHPUT)],
            ),
        ),
        f"{_VE}: Some AttributeDefinitions are not used",
    ),
    row(
        "UpdateTable with nothing to change",
        MEASURED,
        still("update_table"),
        f"{_VE}: At least one of ProvisionedThroughput, BillingMode,",
    ),
    row(
        "throughput as it is already",
        MEASURED,
        still("update_table", ProvisionedThroughput=THROUGHPUT),
        f"{_VE}: The provisioned throughput for the table will not change",
    ),
    row(
        "on-demand capacity, as it is already",
        MEASURED,
        still("update_table", on=ON_DEMAND, **ON_DEMAND),
        ACCEPTED,
    ),
    row(
        "throughput of a table with on-demand capacity",
        MEASURED,
        still("update_table", on=ON_DEMAND, **_IOPS),
        f"{_VE}: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
        "when BillingMode is PAY_PER_REQUEST",
    ),
    row(
        "a switch to provisioned capacity, no throughput",
        BOTH,
        still("update_table", on=ON_DEMAND, BillingMode="PROVISIONED"),
        f"{_VE}: ProvisionedThroughput must be specified when BillingMode is "
        "PROVISIONED",
    ),
    row(
        "the same, no throughput for the index",
        MEASURED,
        _without_index_units,
        f"{_VE}: ProvisionedThroughput must be specified for index: by-day",
    ),
    row(
        "throughput and a new index in one call",
        BOTH,
        _pair(_IOPS, creation_request()),
        f"{_VE}: You cannot create or delete index while updating table IOPS",
    ),
    row(
        "a stream and a new index in one call",
        MEASURED,
        _pair({"StreamSpecification": STREAM}, creation_request()),
        f"{_VE}: You cannot create or delete index while changing stream status",
    ),
    row(
        "deletion protection and throughput in one call",
        MEASURED,
        _pair(_IOPS, {"DeletionProtectionEnabled": True}),
        f"{_VE}: must be the only operation in the request",
    ),
    row(
        "encryption and throughput in one call",
        MEASURED,
        _pair(_IOPS, {"SSESpecification": ENCRYPTED}),
        f"{_VE}: must be the only operation in the request",
    ),
    row(
        "table class and throughput in one call",
        MEASURED,
        _pair(_IOPS, {"TableClass": INFREQUENT}),
        f"{_VE}: must be the only operation in the request",
    ),
    row(
        "a switch to on-demand capacity and a stream in one call",
        MEASURED,
        _pair(ON_DEMAND, {"StreamSpecification": STREAM}),
        ACCEPTED,
    ),
)
