"""What shows the settings of a table, its backups and its tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..states import (
    BackupsState,
    BackupState,
    ContributorInsightsState,
    FrozenMapping,
    KinesisDestinationState,
    TableState,
    TimeToLiveState,
)
from .subject import Home, NotYet, Subject, checked_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .subject import NextCall

S = TypeVar("S")

_LIVE = ("CREATING", "AVAILABLE")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def setting_subject(
    table: str, operation: str, parse: Callable[[Mapping[str, Any]], S]
) -> Subject[S]:
    """Return the subject that a describe operation of a table shows.

    Raises:
        InvalidArgumentError: the table can be neither a name nor an ARN.
    """
    return Subject(
        name=table,
        noun="table",
        operation=operation,
        parameters={"TableName": checked_table(table)},
        parse=parse,
    )


def time_to_live_subject(table: str) -> Subject[TimeToLiveState]:
    """Return the subject that DescribeTimeToLive shows."""
    return setting_subject(table, "DescribeTimeToLive", TimeToLiveState.parse)


def recovery_subject(table: str) -> Subject[BackupsState]:
    """Return the subject that DescribeContinuousBackups shows."""
    return setting_subject(table, "DescribeContinuousBackups", BackupsState.parse)


def destinations_subject(table: str) -> Subject[tuple[KinesisDestinationState, ...]]:
    """Return the subject that DescribeKinesisStreamingDestination shows."""
    operation = "DescribeKinesisStreamingDestination"
    plain = setting_subject(table, operation, KinesisDestinationState.parse_all)
    return replace(plain, inventory=_streams)


def insights_subject(
    table: str, index: str | None = None
) -> Subject[ContributorInsightsState]:
    """Return the subject that DescribeContributorInsights shows.

    Args:
        table: a name or an ARN.
        index: the index that they are of; None: those of the table.
    """
    operation = "DescribeContributorInsights"
    plain = setting_subject(table, operation, ContributorInsightsState.parse)
    if index is None:
        return plain
    return replace(plain, parameters={**plain.parameters, "IndexName": index})


def tags_subject(arn: str) -> Subject[Mapping[str, str]]:
    """Return the subject that ListTagsOfResource shows, page by page.

    Args:
        arn: the ARN of the table.
    """
    return Subject(
        name=arn,
        noun="table",
        operation="ListTagsOfResource",
        parameters={"ResourceArn": arn},
        parse=_tags,
        more=partial(_more_tags, arn),
    )


def backup_subject(table: str, name: str) -> Subject[BackupState]:
    """Return the subject that is the newest backup of a name and of this very table.

    Args:
        table: the name or ARN of the table.
        name: the name of the backup.
    """
    return Subject(
        name=table,
        noun="table",
        operation="DescribeTable",
        parameters={"TableName": table},
        parse=partial(_backup, name),
        more=partial(_more_backups, table),
        view=f" backup {name}",
    )


def at_home(subject: Subject[S], index: str | None = None) -> Subject[S]:
    """Return the subject so that it is no error when its table is only just made.

    Args:
        subject: a setting of a table, by whose name it goes.
        index: the index that the setting is of.
    """
    noun = "table" if index is None else f"index {index} of"
    home = Home(subject.name, partial(_unseen, index))
    return replace(subject, noun=noun, home=home, view=" at home")


def _unseen(index: str | None, table: TableState) -> str | None:
    """Say what there is of a table whose setting is not found; None where it goes."""
    what, status = f"table {table.name}", table.status
    if index is not None and status != "CREATING":
        entry = table.indexes.get(index)
        if entry is None:
            return None
        what, status = f"index {index}", entry.status
    return None if status == "DELETING" else f"{what} is {status}"


def _streams(states: tuple[KinesisDestinationState, ...]) -> list[str]:
    return [f"destination {state.stream_arn}" for state in states]


def _tags(response: Mapping[str, Any]) -> FrozenMapping[str, str]:
    pages: list[Mapping[str, Any]] = response["Responses"]
    return FrozenMapping(
        {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags") or ()}
    )


def _more_tags(arn: str, pages: Sequence[Mapping[str, Any]]) -> NextCall | None:
    token = pages[-1].get("NextToken")
    if not token:
        return None
    return "ListTagsOfResource", {"ResourceArn": arn, "NextToken": token}


def _more_backups(
    table: str, responses: Sequence[Mapping[str, Any]]
) -> NextCall | None:
    if len(responses) == 1:
        status = TableState.parse(responses[0]).status
        if status == "CREATING":
            raise NotYet(f"table {table} is {status}")
    after = responses[-1].get("LastEvaluatedBackupArn")
    if len(responses) > 1 and not after:
        return None
    more = {"ExclusiveStartBackupArn": after} if after else {}
    return "ListBackups", {"TableName": table, "BackupType": "USER", **more}


def _backup(name: str, response: Mapping[str, Any]) -> BackupState:
    described, *pages = response["Responses"]
    summaries = [
        summary for page in pages for summary in page.get("BackupSummaries") or ()
    ]
    return _newest(name, TableState.parse(described), summaries)


def _newest(
    name: str, table: TableState, summaries: Sequence[Mapping[str, Any]]
) -> BackupState:
    """Return the newest backup of a name and of this very table, live ones first."""
    found = [
        backup
        for backup in map(_summarised, summaries)
        if backup.name == name
        and (table.table_id is None or backup.table_id in (table.table_id, None))
        and backup.type in ("USER", None)
    ]
    return max(
        found,
        key=_place,
        default=BackupState("", status="ABSENT", name=name, table=table.name),
    )


def _place(backup: BackupState) -> tuple[bool, datetime]:
    return backup.status in _LIVE, backup.created_at or _LONG_AGO


def _summarised(summary: Mapping[str, Any]) -> BackupState:
    source = {
        member: summary[member]
        for member in ("TableName", "TableArn", "TableId")
        if member in summary
    }
    return BackupState.parse({"BackupDetails": summary, "SourceTableDetails": source})
