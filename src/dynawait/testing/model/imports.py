"""Imports from S3: ImportTable, DescribeImport and ListImports.

An import makes a table. For half a minute nobody sees it, nor is its name taken; then
it is CREATING, then ACTIVE, and a moment later the import is COMPLETED. What is wrong
with the source shows as FAILED: before there is a table when it is the bucket, after
the table is ACTIVE when it is an item (all as measured on AWS).

A test arranges ``"import"``, by the table's name: FAILED with a reason such as
``"S3NoSuchBucket: The specified bucket does not exist"`` or ``"ItemValidationError:
..."``, or CANCELLED, which shows as CANCELLING first. That a cancelled import leaves no
table is a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .account import ACCOUNT_ID, Ending, copied
from .creation import check_create
from .import_request import IMPORT_TABLE
from .job_parts import page_of, reason_of
from .lifecycle import open_table
from .moments import milliseconds
from .operation import Operation
from .refusals import ServiceFault, refuse, table_exists
from .shapes import Group, Text, Whole
from .sightings import kept
from .tables import Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .account import Account

_MOST = 50
_PAGE = 25
_SUMMED = ("ImportArn", "ImportStatus", "TableArn", "S3BucketSource")
_SUMMED_TOO = ("CloudWatchLogGroupArn", "InputFormat", "StartTime", "EndTime")
_COUNTS = ("ErrorCount", "ProcessedSizeBytes", "ProcessedItemCount")


@dataclass(slots=True)
class Import:
    """An import: its ImportTableDescription, and how it is to end."""

    description: dict[str, Any]
    ending: Ending | None

    @property
    def table(self) -> str:
        """The name of its table."""
        return str(self.description["TableCreationParameters"]["TableName"])

    @property
    def code(self) -> str:
        """The code with which it is to fail, if it is."""
        return reason_of(self.ending.reason, "UNKNOWN")[0] if self.ending else ""


def _import(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    parameters = request["TableCreationParameters"]
    check_create(account, parameters)
    options: Mapping[str, Any] = request.get("InputFormatOptions") or {}
    if options.get("Csv") is not None and request["InputFormat"] != "CSV":
        message = "Unsupported InputFormatOptions for the given input format:"
        raise refuse(f"Invalid Request: {message} {request['InputFormat']}.")
    name = parameters["TableName"]
    if account.settled(name) is not None and not _running(account, name):
        raise table_exists(name)
    replayed = _by_token(account, request.get("ClientToken"))
    if replayed is not None:
        if replayed.table != name:
            message = "Import conflict: Duplicate request detected with conflicting"
            raise ServiceFault("ImportConflictException", f"{message} parameters")
        return _answer(replayed)
    if len(account.under_way("import")) >= _MOST:
        # The limit is the API reference's; the text is a guess after that of restores.
        message = f"Subscriber limit exceeded: Only {_MOST} import operations can be"
        raise ServiceFault("LimitExceededException", f"{message} done simultaneously")
    started = _made(account, request)
    _all(account)[started.description["ImportArn"]] = started
    _start(account, started)
    return _answer(started)


def _start(account: Account, started: Import) -> None:
    durations = account.durations
    early = started.ending is not None and (
        started.ending.status == "CANCELLED" or started.code.startswith("S3")
    )
    if early:
        _then(account, started, account.now + durations.import_fail, _fail)
    else:
        _then(account, started, account.now + durations.import_unseen, _open)


def _then(account: Account, started: Import, ends: float, step: Any) -> None:
    def finish(ended: float) -> None:
        step(account, started, ended)

    detail = started.description["ImportArn"]
    account.start(Job("import", ends, detail=detail, finish=finish))


def _open(account: Account, started: Import, ended: float) -> None:
    now, account.now = account.now, ended
    try:
        if account.settled(started.table) is not None:
            reason = f"TableAlreadyExists: Table already exists: {started.table}"
            started.ending = Ending("FAILED", reason)
            _fail(account, started, ended)
            return
        parameters = copied(started.description["TableCreationParameters"])
        seconds = account.durations.import_table
        table = open_table(account, parameters, seconds=seconds)
        table.table_id = started.description["TableId"]
        account.recorded(table)
    finally:
        account.now = now
    ends = ended + seconds + account.durations.import_settle
    _then(account, started, ends, _fail if started.ending else _complete)


def _complete(account: Account, started: Import, ended: float) -> None:
    description = started.description
    description["ImportStatus"] = "COMPLETED"
    description["EndTime"] = account.moment(ended)


def _fail(account: Account, started: Import, ended: float) -> None:
    description = started.description
    ending = started.ending or Ending("FAILED")
    cancelled = ending.status == "CANCELLED"
    if cancelled and description["ImportStatus"] != "CANCELLING":
        description["ImportStatus"] = "CANCELLING"
        _then(account, started, ended + account.durations.import_settle, _fail)
        return
    description["ImportStatus"] = ending.status
    description["EndTime"] = account.moment(ended)
    if ending.reason:
        code, text = reason_of(ending.reason, "UNKNOWN")
        description["FailureCode"], description["FailureMessage"] = code, text
    if started.code == "ItemValidationError":
        description["ErrorCount"] = description["ProcessedItemCount"] = 1


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request["ImportArn"]
    if not arn.startswith("arn:") or "/import/" not in arn:
        raise refuse("Invalid Import ARN")
    found = _all(account).get(arn)
    if found is None:
        # The code is measured, the text is a guess after that of exports.
        message = f"Import not found: Import not found: {arn}"
        raise ServiceFault("ImportNotFoundException", message)
    return _answer(found)


def _list(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    arn = request.get("TableArn")
    found = [
        one.description
        for one in _all(account).values()
        if arn in (None, one.description["TableArn"])
    ]
    limit = request.get("PageSize") or _PAGE
    page, token = page_of(found, limit, request.get("NextToken"))
    summaries = [
        {name: one[name] for name in (*_SUMMED, *_SUMMED_TOO) if name in one}
        for one in page
    ]
    response: dict[str, Any] = {"ImportSummaryList": summaries}
    return response | ({"NextToken": token} if token else {})


def _made(account: Account, request: Mapping[str, Any]) -> Import:
    name = request["TableCreationParameters"]["TableName"]
    arn = account.arn(f"table/{name}")
    number = f"{milliseconds(account.moment()):014d}-{account.new_id()[:8]}"
    group = account.arn("log-group:/aws-dynamodb/imports:*", "logs")
    description: dict[str, Any] = {
        "ImportArn": f"{arn}/import/{number}",
        "ImportStatus": "IN_PROGRESS",
        "TableArn": arn,
        "TableId": account.new_id(),
        "ClientToken": request.get("ClientToken") or number,
        "S3BucketSource": {"S3BucketOwner": ACCOUNT_ID, **request["S3BucketSource"]},
        "CloudWatchLogGroupArn": group,
        "InputFormat": request["InputFormat"],
        "InputCompressionType": request.get("InputCompressionType") or "NONE",
        "TableCreationParameters": copied(request["TableCreationParameters"]),
        "StartTime": account.moment(),
        "ImportedItemCount": 0,
    }
    description |= dict.fromkeys(_COUNTS, 0)
    if request.get("InputFormatOptions") is not None:
        description["InputFormatOptions"] = copied(request["InputFormatOptions"])
    return Import(description, account.ending_of("import", name))


def _answer(found: Import) -> dict[str, Any]:
    return {"ImportTableDescription": copied(found.description)}


def _running(account: Account, name: str) -> bool:
    arns = [job.detail for job in account.under_way("import")]
    return any(_all(account)[arn].table == name for arn in arns)


def _by_token(account: Account, token: str | None) -> Import | None:
    for one in _all(account).values():
        if token is not None and one.description["ClientToken"] == token:
            return one
    return None


def _all(account: Account) -> dict[str, Import]:
    return kept(account.features, "imports", dict[str, Import])


OPERATIONS: Mapping[str, Operation] = {
    "ImportTable": Operation(
        IMPORT_TABLE,
        _import,
    ),
    "DescribeImport": Operation(
        Group({"ImportArn": Text(least=37, most=1024)}, ("ImportArn",)),
        _describe,
        "read",
    ),
    "ListImports": Operation(
        Group(
            {
                "TableArn": Text(least=1, most=1024),
                "PageSize": Whole(least=1, most=_PAGE),
                "NextToken": Text(least=112, most=1024, pattern="([0-9a-f]{16})+"),
            }
        ),
        _list,
        "read",
    ),
}
