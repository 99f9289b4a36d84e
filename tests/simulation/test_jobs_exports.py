"""Exports to S3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dynawait.testing import Ending
from tests.simulation.samples import ARN, ORDERS, Desk
from tests.simulation.support import INVALID, table

START = datetime(2026, 1, 1, tzinfo=UTC)
EXPORT = "ExportTableToPointInTime"
TO_BUCKET = {"TableArn": ARN, "S3Bucket": "exports"}
WRONG_TIME = "InvalidExportTimeException:"


def recoverable(wait: float = 3_600.0) -> Desk:
    """Return a plane with a table that has had recovery for a while."""
    desk = Desk()
    desk.create(table())
    specification = {"PointInTimeRecoveryEnabled": True}
    desk.ask(
        "UpdateContinuousBackups",
        **ORDERS,
        PointInTimeRecoverySpecification=specification,
    )
    desk.wait(wait)
    return desk


def start(desk: Desk, **more: Any) -> Any:
    """Start an export and return its description."""
    return desk.ask(EXPORT, **TO_BUCKET, **more)["ExportDescription"]


def look(desk: Desk, arn: str) -> Any:
    """Return the description of an export."""
    return desk.ask("DescribeExport", ExportArn=arn)["ExportDescription"]


def test_an_export_is_completed_after_minutes() -> None:
    """IN_PROGRESS, then COMPLETED with its end, its manifest and what it counted."""
    desk = recoverable()
    begun = start(desk, S3Prefix="daily")
    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert begun["ExportFormat"] == "DYNAMODB_JSON"
    assert begun["S3SseAlgorithm"] == "AES256"
    assert begun["TableId"] == desk.look()["TableId"]
    arn = begun["ExportArn"]
    assert arn.startswith(f"{ARN}/export/0176722")
    assert look(desk, arn) == begun
    desk.wait(150)
    ended = look(desk, arn)
    assert ended["ExportStatus"] == "COMPLETED"
    assert ended["EndTime"] - ended["StartTime"] == timedelta(seconds=150)
    assert (ended["ItemCount"], ended["BilledSizeBytes"]) == (0, 0)
    number = arn.rpartition("/")[2]
    manifest = f"daily/AWSDynamoDB/{number}/manifest-summary.json"
    assert ended["ExportManifest"] == manifest


def test_a_failed_export_has_a_reason() -> None:
    """What is wrong with the bucket shows as FAILED, with AWS's code and text; a replay
    of its token returns the failed one.
    """
    desk = recoverable()
    reason = "S3NoSuchBucket: The specified bucket does not exist"
    desk.plane.arrange("export", Ending("FAILED", reason), name="exports")
    begun = start(desk, ClientToken="first")
    desk.wait(150)
    failed = look(desk, begun["ExportArn"])
    assert failed["ExportStatus"] == "FAILED"
    assert failed["FailureCode"] == "S3NoSuchBucket"
    assert failed["FailureMessage"] == "The specified bucket does not exist"
    assert "ItemCount" not in failed
    assert start(desk, ClientToken="first") == failed
    again = start(desk, ClientToken="second")
    desk.wait(150)
    assert look(desk, again["ExportArn"])["ExportStatus"] == "COMPLETED"


def test_a_token_makes_one_export() -> None:
    """The same token with other parameters is a conflict; without one, each call is an
    export of its own.
    """
    desk = recoverable()
    first = start(desk, ClientToken="a")
    assert start(desk, ClientToken="a") == first
    refusal = desk.refused(EXPORT, **TO_BUCKET, ClientToken="a", S3Prefix="other")
    assert refusal == (
        "ExportConflictException: Export conflict: Duplicate request detected with "
        "conflicting parameters"
    )
    assert start(desk)["ExportArn"] != start(desk)["ExportArn"]


def test_an_export_needs_recovery() -> None:
    """A missing table and one without recovery are refused, an export of the last
    second is taken.
    """
    desk = Desk()
    missing = f"TableNotFoundException: Table not found: {ARN}"
    assert desk.refused(EXPORT, **TO_BUCKET) == missing
    desk.create(table())
    off = "PointInTimeRecoveryUnavailableException: Point in time recovery is not"
    refusal = desk.refused(EXPORT, **TO_BUCKET)
    assert refusal == f"{off} enabled for table 'orders'"
    desk = recoverable()
    desk.delete()
    begun = start(desk)
    desk.wait(1.2)
    assert desk.refused(EXPORT, **TO_BUCKET) == missing
    desk.wait(150)
    assert look(desk, begun["ExportArn"])["ExportStatus"] == "COMPLETED"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"TableArn": "orders"}, f"{INVALID}tableArn is not a valid ARN"),
        (
            {"TableArn": f"{ARN}/index/by-email"},
            "ValidationException: Invalid Request: Table ARN is invalid.",
        ),
        (
            {"S3SseKmsKeyId": "alias/exports"},
            (
                "ValidationException: Invalid Request: KMS Key Id is not supported for "
                "this encryption type"
            ),
        ),
        (
            {"ExportType": "INCREMENTAL_EXPORT"},
            (
                "ValidationException: Invalid Request: Incremental Export "
                "Specification expected when export type is set as Incremental Export"
            ),
        ),
        (
            {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": {}},
            (
                "ValidationException: Invalid Request: ExportFromTime must be provided "
                "in IncrementalExportSpecification"
            ),
        ),
        (
            {"IncrementalExportSpecification": {}},
            (
                "ValidationException: Invalid Request: Export Type expected to be "
                "Incremental Export when incremental export specification is provided"
            ),
        ),
        (
            {"ExportType": "FULL_EXPORT", "IncrementalExportSpecification": {}},
            (
                "ValidationException: Invalid Request: When Export Type is Full Export "
                ", Incremental Export Specification should not be provided"
            ),
        ),
        (
            {"ExportTime": START},
            f"{WRONG_TIME} Export Time is invalid",
        ),
    ],
)
def test_exports_are_checked(request_: dict[str, Any], expected: str) -> None:
    """What does not fit together is refused at once, with AWS's text."""
    refusal = recoverable().refused(EXPORT, **{**TO_BUCKET, **request_})
    assert refusal == expected


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (-60, None, "from time cannot be less than the table creation time"),
        (60, 900, "is less than 15 minutes"),
        (60, 1e6, "to time cannot be greater than the current time"),
        (0, 90_000, "is greater than 24 hours"),
    ],
)
def test_an_increment_is_of_minutes_to_a_day(
    begin: float, end: float | None, expected: str
) -> None:
    """Its span lies between the creation of the table and now."""
    desk = recoverable(wait=100_000)
    span: dict[str, Any] = {"ExportFromTime": START + timedelta(seconds=begin)}
    if end is not None:
        span["ExportToTime"] = START + timedelta(seconds=end)
    increment = {"ExportType": "INCREMENTAL_EXPORT"}
    request = {**TO_BUCKET, **increment, "IncrementalExportSpecification": span}
    refusal = desk.refused(EXPORT, **request)
    assert refusal.startswith(WRONG_TIME)
    assert expected in refusal


def test_an_increment_of_a_young_table_has_to_wait() -> None:
    """Fifteen minutes after its beginning it is accepted, and ends now."""
    desk = recoverable(wait=0)
    span = {"ExportFromTime": START + timedelta(seconds=60)}
    request: dict[str, Any] = {
        "ExportType": "INCREMENTAL_EXPORT",
        "IncrementalExportSpecification": span,
    }
    assert "15 minutes" in desk.refused(EXPORT, **TO_BUCKET, **request)
    desk.wait(900)
    begun = start(desk, **request)
    assert begun["IncrementalExportSpecification"] == {
        **span,
        "ExportToTime": START + timedelta(seconds=960),
        "ExportViewType": "NEW_AND_OLD_IMAGES",
    }
    assert "ExportTime" not in begun


def test_exports_are_listed_with_their_table() -> None:
    """By page, and by table as long as that very table is there; each is described as
    long as anybody asks.
    """
    desk = recoverable()
    arns = [start(desk)["ExportArn"] for _ in range(3)]
    page = desk.ask("ListExports", TableArn=ARN, MaxResults=2)
    assert [one["ExportArn"] for one in page["ExportSummaries"]] == arns[:2]
    assert page["ExportSummaries"][0]["ExportType"] == "FULL_EXPORT"
    rest = desk.ask("ListExports", MaxResults=2, NextToken=page["NextToken"])
    assert [one["ExportArn"] for one in rest["ExportSummaries"]] == arns[2:]
    assert "NextToken" not in rest
    desk.delete()
    desk.wait(5)
    desk.create(table())
    assert desk.ask("ListExports", TableArn=ARN)["ExportSummaries"] == []
    assert len(desk.ask("ListExports")["ExportSummaries"]) == 3
    assert look(desk, arns[0])["ExportArn"] == arns[0]


def test_what_is_no_export_is_refused() -> None:
    """An ARN of something else is not valid, one of no export is not found."""
    desk = Desk()
    refusal = desk.refused("DescribeExport", ExportArn=ARN)
    assert refusal == "ValidationException: Invalid Export ARN"
    arn = f"{ARN}/export/0"
    refusal = desk.refused("DescribeExport", ExportArn=arn)
    missing = f"ExportNotFoundException: Export not found: Export not found: {arn}"
    assert refusal == missing
