"""What DynamoDB's service model promises of the responses that states are read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.states import (
    BackupsState,
    BackupState,
    ContributorInsightsState,
    ExportState,
    ImportState,
    KinesisDestinationState,
    ResourcePolicyState,
    TableState,
    TimeToLiveState,
)
from dynawait.states._aspects import ENCRYPTION_STATUSES
from dynawait.states.indexes import INDEX_STATUSES
from dynawait.states.replicas import REPLICA_STATUSES, WITNESS_STATUSES
from dynawait.states.tables import TABLE_STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

SESSION = pytest.importorskip("botocore.session").get_session()
MODEL = SESSION.get_service_model("dynamodb")
WRITTEN_FOR = (1, 43, 117)
INSTALLED = tuple(
    int(part) for part in pytest.importorskip("botocore").__version__.split(".")
)

needs_a_model_that_knows_all = pytest.mark.skipif(
    INSTALLED < WRITTEN_FOR, reason="an older botocore does not know every member yet"
)

PARSES: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "DescribeTable": TableState.parse,
    "DescribeTimeToLive": TimeToLiveState.parse,
    "DescribeContinuousBackups": BackupsState.parse,
    "DescribeKinesisStreamingDestination": KinesisDestinationState.parse_all,
    "DescribeContributorInsights": ContributorInsightsState.parse,
    "DescribeExport": ExportState.parse,
    "DescribeImport": ImportState.parse,
    "DescribeBackup": BackupState.parse,
    "GetResourcePolicy": ResourcePolicyState.parse,
}
OPERATIONS = [name for name in PARSES if name in MODEL.operation_names]

ECHO = "echoes the request and never changes, so it stays in raw"
RAW_ONLY = {
    "DescribeKinesisStreamingDestination.TableName": "who asks knows it",
    "DescribeExport.ExportDescription.ClientToken": ECHO,
    "DescribeExport.ExportDescription.FilterSpecification": ECHO,
    "DescribeImport.ImportTableDescription.ClientToken": ECHO,
    "DescribeImport.ImportTableDescription.InputFormatOptions": ECHO,
    "DescribeBackup.BackupDescription.SourceTableFeatureDetails": (
        "says what was backed up, not how the backup is doing; it stays in raw"
    ),
    **{
        f"DescribeImport.ImportTableDescription.TableCreationParameters.{member}": ECHO
        for member in (
            "AttributeDefinitions",
            "BillingMode",
            "GlobalSecondaryIndexes",
            "KeySchema",
            "OnDemandThroughput",
            "ProvisionedThroughput",
            "SSESpecification",
            "VectorIndexes",
        )
    },
    **{
        f"DescribeBackup.BackupDescription.SourceTableDetails.{member}": (
            "says what was backed up, not how the backup is doing; it stays in raw"
        )
        for member in (
            "BillingMode",
            "KeySchema",
            "OnDemandThroughput",
            "ProvisionedThroughput",
            "TableCreationDateTime",
            "TableSizeBytes",
        )
    },
}
"""Members that no state reads, and why."""

ENVELOPES = {"DescribeTable.TableDescription", "DescribeTable.Table"}
"""Members that other operations send in the place of this one's."""


class Recording(Mapping[str, Any]):
    """A structure with every member of its shape, which notes what is asked for."""

    def __init__(self, shape: Any, path: str, seen: dict[str, set[str]]) -> None:
        """Note the members under the path, then what is asked for."""
        self.path = path
        self.asked = seen.setdefault(path, set())
        self.members = {
            name: sample(member, f"{path}.{name}", seen)
            for name, member in shape.members.items()
        }

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return self.members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


def sample(shape: Any, path: str, seen: dict[str, set[str]]) -> Any:
    """Return a value of a shape, with everything in it that the model knows."""
    if shape.type_name == "structure":
        return Recording(shape, path, seen)
    if shape.type_name == "list":
        return [sample(shape.member, path, seen)]
    enum = getattr(shape, "enum", None)
    samples: dict[str, Any] = {
        "string": enum[0] if enum else "text",
        "boolean": True,
        "integer": 7,
        "long": 7,
        "timestamp": datetime(2026, 1, 2, tzinfo=UTC),
        "map": {},
    }
    return samples[shape.type_name]


def output_of(operation: str) -> Any:
    """Return the shape of a response."""
    return MODEL.operation_model(operation).output_shape


def walk(shape: Any, path: str) -> Iterator[str]:
    """Go through the paths of all members, except those inside what stays in raw."""
    while shape.type_name == "list":
        shape = shape.member
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield f"{path}.{name}"
            if f"{path}.{name}" not in RAW_ONLY:
                yield from walk(member, f"{path}.{name}")


def asked_of(operation: str) -> set[str]:
    """Return the paths of the members that a parse asks for."""
    seen: dict[str, set[str]] = {}
    PARSES[operation](Recording(output_of(operation), operation, seen))
    return {f"{path}.{name}" for path, names in seen.items() for name in names}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_member_is_read_or_left_in_raw_for_a_reason(operation: str) -> None:
    """A member that botocore knows and no state reads stands on the list of those."""
    promised = set(walk(output_of(operation), operation))
    assert promised - asked_of(operation) - set(RAW_ONLY) == set()


@needs_a_model_that_knows_all
@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_member_is_read_that_the_model_does_not_know(operation: str) -> None:
    """What a parse asks for exists, so a misspelt member cannot stay unnoticed."""
    promised = set(walk(output_of(operation), operation))
    assert asked_of(operation) - promised - ENVELOPES == set()


@needs_a_model_that_knows_all
def test_the_list_of_what_stays_in_raw_has_no_dead_entries() -> None:
    """Every entry names a member that exists and that no state reads."""
    promised = {path for name in PARSES for path in walk(output_of(name), name)}
    asked = {path for name in PARSES for path in asked_of(name)}
    assert set(RAW_ONLY) - promised == set()
    assert set(RAW_ONLY) & asked == set()


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        ("TableStatus", TABLE_STATUSES),
        ("IndexStatus", INDEX_STATUSES),
        ("ReplicaStatus", REPLICA_STATUSES),
        ("WitnessStatus", WITNESS_STATUSES),
        ("SSEStatus", ENCRYPTION_STATUSES),
    ],
)
def test_every_status_is_known(shape: str, known: tuple[str, ...]) -> None:
    """No status of the service model is called one that dynawait does not know."""
    if shape in MODEL.shape_names:
        assert set(MODEL.shape_for(shape).enum) - set(known) == set()
