"""What a request is, once a wrapper has it: the caller may do with his as he likes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import DeleteIndex
from dynawait.errors import InvalidArgumentError, PlanError, TableConflictError
from dynawait.sync import (
    IndexChangeQueue,
    apply_index_changes,
    safe_create_backup,
    safe_create_table,
    safe_restore_table_from_backup,
    safe_tag_resource,
    safe_update_table,
    safe_update_time_to_live,
)
from dynawait.testing import SimulatedDynamoDB
from tests.simulation.support import attributes, index, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait import Event

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/orders"
NO: Any = "no"
FIVE: Any = 5
NONE: Any = [None]
UNTIL: Any = {"until": "active"}
STRANGE: Any = {"TableName": "orders", "_x": 1}
TWO_INDEXES: dict[str, Any] = {
    "TableName": "orders",
    "AttributeDefinitions": attributes("email", "day"),
    "GlobalSecondaryIndexUpdates": [
        {"Create": index("by-email", "email")},
        {"Create": index("by-day", "day")},
    ],
}
EXPIRY: dict[str, Any] = {
    "TableName": "orders",
    "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "until"},
}
TAGS: dict[str, Any] = {"ResourceArn": ARN, "Tags": [{"Key": "team", "Value": "a"}]}


def emptied(value: Any) -> None:
    """Take everything out of a request, at every depth."""
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            emptied(each)
    value.clear()


@pytest.mark.parametrize(
    ("wrapper", "request_"),
    [
        (safe_create_table, table()),
        (safe_update_table, TWO_INDEXES),
        (safe_update_time_to_live, EXPIRY),
        (safe_tag_resource, TAGS),
    ],
)
@pytest.mark.parametrize("kind", ["change.planned", "step.started"])
def test_a_request_that_the_caller_changes_meanwhile(
    wrapper: Callable[..., Any], request_: dict[str, Any], kind: str
) -> None:
    """What was asked for at the start is what is done, to the end."""
    dynamodb = SimulatedDynamoDB()
    client = dynamodb.client()
    if wrapper is not safe_create_table:
        safe_create_table(client, **table())
    asked = copy.deepcopy(request_)
    members = [each for each in asked.values() if isinstance(each, (dict, list))]

    def meddle(event: Event) -> None:
        if event.name == kind:
            for member in members:
                emptied(member)

    result = wrapper(client, **asked, on_event=meddle)
    assert not members[0]
    assert result.done
    again = wrapper(client, **request_)
    assert not again.done
    assert not again.plan


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (
            lambda client: safe_create_table(client, **table(), ignore=FIVE),
            "ignore: expected names of parameters, got 5",
        ),
        (
            lambda client: safe_create_table(client, **table(), ignore=NONE),
            "ignore: CreateTable has no parameter None",
        ),
        (
            lambda client: safe_create_table(client, **table(**UNTIL)),
            "until: is no option of CreateTable",
        ),
        (
            lambda client: safe_update_table(client, **STRANGE),
            "_x: no such option",
        ),
        (
            lambda client: apply_index_changes(
                client, "orders", [DeleteIndex("by-day")], allow_gap=NO
            ),
            "allow_gap: expected True or False, got 'no'",
        ),
        (
            lambda client: IndexChangeQueue(client, "orders", allow_gap=NO),
            "allow_gap: expected True or False, got 'no'",
        ),
        (
            lambda client: IndexChangeQueue(client, "orders", stop_on_error=NO),
            "stop_on_error: expected True or False, got 'no'",
        ),
        (
            lambda client: IndexChangeQueue(client, "orders", max_indexes=NO),
            "max_indexes: expected a number of 1 or more, got 'no'",
        ),
    ],
)
def test_options_that_cannot_be(call: Callable[[Any], Any], told: str) -> None:
    """An option that is none, or of another type, is refused before any call."""
    dynamodb = SimulatedDynamoDB()
    with pytest.raises(InvalidArgumentError) as caught:
        call(dynamodb.client())
    assert told in str(caught.value)
    assert not dynamodb.calls


def test_nothing_to_leave_out_of_a_comparison() -> None:
    """``ignore=None`` leaves nothing out."""
    client = SimulatedDynamoDB().client()
    nothing: Any = None
    assert safe_create_table(client, **table(), ignore=nothing).done


def test_a_client_that_answers_a_write_with_nothing() -> None:
    """What a write is answered does not matter: the next look tells."""
    client: Any = SimulatedDynamoDB().client()
    create = client.create_table
    client.create_table = lambda **request: create(**request) and None
    assert safe_create_table(client, **table()).done


@pytest.mark.parametrize("wrapper", [safe_tag_resource, safe_update_time_to_live])
def test_a_request_that_names_no_table(wrapper: Callable[..., Any]) -> None:
    """What is missing is told, and no table is made up."""
    with pytest.raises(PlanError, match="is missing") as caught:
        wrapper(SimulatedDynamoDB().client())
    assert "None" not in str(caught.value)


def test_a_table_that_is_older_than_its_backup() -> None:
    """It cannot come from it: ``adopt=True`` is no way out, and is not offered."""
    client = SimulatedDynamoDB().client()
    safe_create_table(client, **table())
    safe_create_backup(client, TableName="orders", BackupName="nightly")
    [backup] = client.list_backups(TableName="orders")["BackupSummaries"]
    asked = {"BackupArn": backup["BackupArn"], "TargetTableName": "orders"}
    for adopt in (False, True):
        with pytest.raises(TableConflictError, match="older than") as caught:
            safe_restore_table_from_backup(client, **asked, adopt=adopt)
        assert "adopt" not in str(caught.value)
