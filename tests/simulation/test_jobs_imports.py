"""Imports from S3 make tables."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dynawait.testing import Ending
from tests.simulation.samples import NEW_TABLE, SOURCE, Desk
from tests.simulation.support import table

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/imported"
REQUEST: dict[str, Any] = {
    "S3BucketSource": SOURCE,
    "InputFormat": "DYNAMODB_JSON",
    "TableCreationParameters": NEW_TABLE,
}
MISSING = "ResourceNotFoundException: Requested resource not found: Table: imported"
EXISTS = "ResourceInUseException: Table already exists: imported"


def start(desk: Desk, **more: Any) -> Any:
    """Start an import and return its description."""
    return desk.ask("ImportTable", **{**REQUEST, **more})["ImportTableDescription"]


def look(desk: Desk, begun: Any) -> Any:
    """Return the description of an import."""
    arn = begun["ImportArn"]
    return desk.ask("DescribeImport", ImportArn=arn)["ImportTableDescription"]


def status(desk: Desk, begun: Any) -> tuple[str, str]:
    """Return the status of an import and of its table."""
    refusal = desk.refused("DescribeTable", TableName="imported")
    found = "ABSENT"
    if refusal == "accepted":
        found = desk.look("imported")["TableStatus"]
    return look(desk, begun)["ImportStatus"], found


def test_an_import_makes_a_table() -> None:
    """Nobody sees it for half a minute; it is CREATING, ACTIVE, and then the import is
    COMPLETED. Table and import know each other from the beginning.
    """
    desk = Desk()
    begun = start(desk)
    assert begun["TableArn"] == ARN
    assert begun["TableCreationParameters"] == NEW_TABLE
    assert begun["InputCompressionType"] == "NONE"
    assert begun["S3BucketSource"]["S3BucketOwner"] == "123456789012"
    seen = []
    for moment in (0, 29.9, 30, 109.9, 110, 115.9, 116):
        desk.time = moment
        seen.append(status(desk, begun))
    assert seen == [
        ("IN_PROGRESS", "ABSENT"),
        ("IN_PROGRESS", "ABSENT"),
        ("IN_PROGRESS", "CREATING"),
        ("IN_PROGRESS", "CREATING"),
        ("IN_PROGRESS", "ACTIVE"),
        ("IN_PROGRESS", "ACTIVE"),
        ("COMPLETED", "ACTIVE"),
    ]
    assert desk.look("imported")["TableId"] == begun["TableId"]
    ended = look(desk, begun)
    assert ended["EndTime"] - ended["StartTime"] == timedelta(seconds=116)
    assert ended["ErrorCount"] == 0


def test_nobody_has_to_look_meanwhile() -> None:
    """A look after an hour finds what has happened at its times."""
    desk = Desk()
    begun = start(desk)
    desk.wait(3_600)
    ended = look(desk, begun)
    assert ended["ImportStatus"] == "COMPLETED"
    described = desk.look("imported")
    created = described["CreationDateTime"] - begun["StartTime"]
    assert (described["TableStatus"], created) == ("ACTIVE", timedelta(seconds=30))
    assert ended["EndTime"] - ended["StartTime"] == timedelta(seconds=116)


def test_a_name_is_not_reserved() -> None:
    """Who creates the table first has it; the import fails. A table that is there is
    refused at once.
    """
    desk = Desk()
    first, second = start(desk), start(desk)
    desk.wait(10)
    desk.create(table("imported"), wait=30)
    for begun in (first, second):
        failed = look(desk, begun)
        assert failed["ImportStatus"] == "FAILED"
        assert failed["FailureCode"] == "TableAlreadyExists"
    assert desk.refused("ImportTable", **REQUEST) == EXISTS
    desk.ask("DeleteTable", TableName="imported")
    assert desk.refused("ImportTable", **REQUEST) == EXISTS
    desk.wait(5)
    start(desk)


def test_a_bad_bucket_fails_before_there_is_a_table() -> None:
    """It is FAILED in seconds, with AWS's code and text, and keeps the ARN of a table
    that never was.
    """
    desk = Desk()
    reason = "S3NoSuchBucket: The specified bucket does not exist"
    desk.plane.arrange("import", Ending("FAILED", reason), name="imported")
    begun = start(desk)
    desk.wait(6)
    failed = look(desk, begun)
    assert failed["FailureCode"] == "S3NoSuchBucket"
    assert failed["FailureMessage"] == "The specified bucket does not exist"
    desk.wait(600)
    assert status(desk, begun) == ("FAILED", "ABSENT")
    assert look(desk, begun)["TableArn"] == ARN


def test_a_bad_item_leaves_a_table() -> None:
    """It is FAILED when the table is ACTIVE, and counts what was wrong."""
    desk = Desk()
    reason = "ItemValidationError: Some of the items failed validation checks"
    desk.plane.arrange("import", Ending("FAILED", reason))
    begun = start(desk)
    desk.wait(116)
    assert status(desk, begun) == ("FAILED", "ACTIVE")
    failed = look(desk, begun)
    assert (failed["FailureCode"], failed["ErrorCount"]) == ("ItemValidationError", 1)


def test_an_import_can_be_cancelled() -> None:
    """It is CANCELLING, then CANCELLED, and there is no table."""
    desk = Desk()
    desk.plane.arrange("import", Ending("CANCELLED"))
    begun = start(desk)
    desk.wait(6)
    assert status(desk, begun) == ("CANCELLING", "ABSENT")
    desk.wait(6)
    assert status(desk, begun) == ("CANCELLED", "ABSENT")
    assert "EndTime" in look(desk, begun)


def test_a_token_makes_one_import() -> None:
    """A replay returns it, for another table it is a conflict; once its table is there
    the name is taken, and once that is gone it returns the old import.
    """
    desk = Desk()
    begun = start(desk, ClientToken="a")
    assert start(desk, ClientToken="a") == begun
    desk.wait(60)
    assert start(desk, ClientToken="a")["ImportArn"] == begun["ImportArn"]
    other = {**NEW_TABLE, "TableName": "another"}
    refusal = desk.refused(
        "ImportTable", **{**REQUEST, "TableCreationParameters": other}, ClientToken="a"
    )
    assert refusal == (
        "ImportConflictException: Import conflict: Duplicate request detected with "
        "conflicting parameters"
    )
    desk.wait(60)
    assert desk.refused("ImportTable", **REQUEST, ClientToken="a") == EXISTS
    desk.ask("DeleteTable", TableName="imported")
    desk.wait(5)
    assert start(desk, ClientToken="a")["ImportArn"] == begun["ImportArn"]
    refusal = desk.refused("DescribeTable", TableName="imported")
    assert refusal == f"{MISSING} not found"


def test_fifty_imports_at_once_are_enough() -> None:
    """The 51st is refused."""
    desk = Desk()
    for number in range(50):
        parameters = {**NEW_TABLE, "TableName": f"imported-{number}"}
        start(desk, TableCreationParameters=parameters)
    refusal = desk.refused("ImportTable", **REQUEST)
    assert refusal.startswith("LimitExceededException: Subscriber limit exceeded:")
    desk.wait(116)
    start(desk)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            {"InputFormatOptions": {"Csv": {"Delimiter": ";"}}},
            (
                "Invalid Request: Unsupported InputFormatOptions for the given input "
                "format: DYNAMODB_JSON."
            ),
        ),
        (
            {
                "TableCreationParameters": {
                    name: value
                    for name, value in NEW_TABLE.items()
                    if name != "BillingMode"
                }
            },
            (
                "One or more parameter values were invalid: ReadCapacityUnits "
                "and WriteCapacityUnits must both be specified when BillingMode is "
                "PROVISIONED"
            ),
        ),
    ],
)
def test_imports_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What does not fit together, or makes no table, is refused at once."""
    refusal = Desk().refused("ImportTable", **{**REQUEST, **request_})
    assert refusal == f"ValidationException: {expected}"


def test_imports_are_listed() -> None:
    """By page, and by table even when that is gone."""
    desk = Desk()
    arns = [start(desk)["ImportArn"] for _ in range(3)]
    page = desk.ask("ListImports", TableArn=ARN, PageSize=2)
    assert [one["ImportArn"] for one in page["ImportSummaryList"]] == arns[:2]
    rest = desk.ask("ListImports", NextToken=page["NextToken"], PageSize=2)
    assert [one["ImportArn"] for one in rest["ImportSummaryList"]] == arns[2:]
    assert desk.ask("ListImports", TableArn=f"{ARN}-2")["ImportSummaryList"] == []


def test_what_is_no_import_is_refused() -> None:
    """An ARN of something else is not valid, one of no import is not found."""
    refusal = Desk().refused("DescribeImport", ImportArn=ARN)
    assert refusal == "ValidationException: Invalid Import ARN"
    refusal = Desk().refused("DescribeImport", ImportArn=f"{ARN}/import/0")
    assert refusal.startswith("ImportNotFoundException: Import not found: ")
