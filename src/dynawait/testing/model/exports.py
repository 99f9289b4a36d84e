"""Exports to S3: ExportTableToPointInTime, DescribeExport and ListExports.

What is wrong with the bucket or the key shows later, as FAILED with AWS's code and text
(as measured on AWS). A test arranges ``"export"``, by the bucket's name, with a reason
such as ``"S3NoSuchBucket: The specified bucket does not exist"``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .account import copied
from .export_times import ExportTimes, times_of
from .job_parts import BUCKET, IDEMPOTENT, page_of, reason_of
from .moments import milliseconds
from .operation import Operation
from .recovery import window_of
from .refusals import ServiceFault, invalid, refuse
from .shapes import Group, Moment, Named, Text, Whole
from .sightings import kept, seen
from .tables import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account

_PAGE = 25
_ECHOED = ("S3BucketOwner", "S3Prefix", "S3SseKmsKeyId", "FilterSpecification")


@dataclass(slots=True, kw_only=True)
class Export:
    """An export.

    Attributes:
        request: what was asked for, by which a replay of its token is told apart.
        description: its ExportDescription.
        kind: its type; DescribeExport does not say it, ListExports does.
    """

    request: Mapping[str, Any]
    description: dict[str, Any]
    kind: str


def _export(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["TableArn"]
    _check(request)
    token = request.get("ClientToken")
    replayed = None if token is None else _by_token(account, token)
    if replayed is not None:
        if replayed.request != request:
            message = "Export conflict: Duplicate request detected with conflicting"
            raise ServiceFault("ExportConflictException", f"{message} parameters")
        return {"ExportDescription": copied(replayed.description)}
    table = seen(account, arn, missing=lambda _name: _no_table(arn), forgets=True)
    window = window_of(account, table)
    times = times_of(request, window, created=table.created, now=account.moment())
    number = f"{milliseconds(account.moment()):014d}-{account.new_id()[:8]}"
    export = Export(
        request=dict(request),
        kind=request.get("ExportType") or "FULL_EXPORT",
        description=_described(account, request, times, number),
    )
    export.description["TableArn"] = table.arn
    export.description["TableId"] = table.table_id
    export.description["ExportArn"] = f"{table.arn}/export/{number}"
    _all(account)[export.description["ExportArn"]] = export
    _start(account, export, number)
    return {"ExportDescription": copied(export.description)}


def _start(account: Account, export: Export, number: str) -> None:
    description = export.description
    arranged = account.ending_of("export", description["S3Bucket"])

    def finish(ended: float) -> None:
        description["EndTime"] = account.moment(ended)
        if arranged is not None:
            code, text = reason_of(arranged.reason, "UNKNOWN")
            description["ExportStatus"] = "FAILED"
            description["FailureCode"], description["FailureMessage"] = code, text
            return
        description["ExportStatus"] = "COMPLETED"
        description["ItemCount"] = description["BilledSizeBytes"] = 0
        prefix = description.get("S3Prefix", "")
        prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        manifest = f"{prefix}AWSDynamoDB/{number}/manifest-summary.json"
        description["ExportManifest"] = manifest

    ends = account.now + account.durations.export
    arn = description["ExportArn"]
    account.start(Job("export", ends, detail=arn, finish=finish))


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ExportArn"]
    if not arn.startswith("arn:") or "/export/" not in arn:
        raise refuse("Invalid Export ARN")
    export = _all(account).get(arn)
    if export is None:
        message = f"Export not found: Export not found: {arn}"
        raise ServiceFault("ExportNotFoundException", message)
    return {"ExportDescription": copied(export.description)}


def _list(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    # The exports of a table are listed as long as that very table is there; measured on
    # AWS.
    arn = request.get("TableArn")
    table = None if arn is None else account.settled(account.name_of(arn))
    found = [
        export
        for export in _all(account).values()
        if arn is None or (table and export.description["TableId"] == table.table_id)
    ]
    limit = request.get("MaxResults") or _PAGE
    page, token = page_of(found, limit, request.get("NextToken"))
    summaries = [
        {
            "ExportArn": export.description["ExportArn"],
            "ExportStatus": export.description["ExportStatus"],
            "ExportType": export.kind,
        }
        for export in page
    ]
    response: dict[str, Any] = {"ExportSummaries": summaries}
    return response | ({"NextToken": token} if token else {})


def _described(
    account: Account, request: Mapping[str, Any], times: ExportTimes, number: str
) -> dict[str, Any]:
    description: dict[str, Any] = {
        "ExportStatus": "IN_PROGRESS",
        "StartTime": account.moment(),
        "ClientToken": request.get("ClientToken") or number,
        "S3Bucket": request["S3Bucket"],
        "S3SseAlgorithm": request.get("S3SseAlgorithm") or "AES256",
        "ExportFormat": request.get("ExportFormat") or "DYNAMODB_JSON",
    }
    if times.at is not None:
        description["ExportTime"] = times.at
    else:
        description["IncrementalExportSpecification"] = {
            "ExportFromTime": times.begin,
            "ExportToTime": times.end,
            "ExportViewType": times.view,
        }
    echoed = {name: request[name] for name in _ECHOED if request.get(name) is not None}
    return description | echoed


def _check(request: Mapping[str, Any]) -> None:
    arn = request["TableArn"]
    if not arn.startswith("arn:") or ":table/" not in arn:
        problem = "tableArn is not a valid ARN"
        raise invalid(problem)
    if "/" in arn.partition(":table/")[2]:
        raise refuse("Invalid Request: Table ARN is invalid.")
    keyed = request.get("S3SseKmsKeyId") is not None
    if keyed and request.get("S3SseAlgorithm") != "KMS":
        message = "KMS Key Id is not supported for this encryption type"
        raise refuse(f"Invalid Request: {message}")


def _no_table(arn: str) -> ServiceFault:
    return ServiceFault("TableNotFoundException", f"Table not found: {arn}")


def _by_token(account: Account, token: str) -> Export | None:
    for export in _all(account).values():
        if export.description["ClientToken"] == token:
            return export
    return None


def _all(account: Account) -> dict[str, Export]:
    return kept(account.features, "exports", dict[str, Export])


OPERATIONS: Mapping[str, Operation] = {
    "ExportTableToPointInTime": Operation(
        Group(
            {
                "TableArn": Text(least=1, most=1024),
                "ExportTime": Moment(),
                "ClientToken": Text(pattern=IDEMPOTENT),
                "S3Bucket": Text(most=255, pattern=BUCKET),
                "S3BucketOwner": Text(pattern="[0-9]{12}"),
                "S3Prefix": Text(most=1024),
                "S3SseAlgorithm": Text(choices=("AES256", "KMS")),
                "S3SseKmsKeyId": Text(least=1, most=2048),
                "ExportFormat": Text(choices=("DYNAMODB_JSON", "ION")),
                "ExportType": Text(choices=("FULL_EXPORT", "INCREMENTAL_EXPORT")),
                "IncrementalExportSpecification": Group(
                    {
                        "ExportFromTime": Moment(),
                        "ExportToTime": Moment(),
                        "ExportViewType": Text(
                            choices=("NEW_IMAGE", "NEW_AND_OLD_IMAGES")
                        ),
                    }
                ),
                "FilterSpecification": Group(
                    {
                        "FilterExpression": Text(),
                        "ProjectionExpression": Text(),
                        "KeyConditionExpression": Text(),
                        "ExpressionAttributeNames": Named(Text(most=65_535)),
                        "ExpressionAttributeValues": Named(Group()),
                    }
                ),
            },
            ("TableArn", "S3Bucket"),
        ),
        _export,
    ),
    "DescribeExport": Operation(
        Group({"ExportArn": Text(least=37, most=1024)}, ("ExportArn",)),
        _describe,
        "read",
    ),
    "ListExports": Operation(
        Group(
            {
                "TableArn": Text(least=1, most=1024),
                "MaxResults": Whole(least=1, most=_PAGE),
                "NextToken": Text(),
            }
        ),
        _list,
        "read",
    ),
}
