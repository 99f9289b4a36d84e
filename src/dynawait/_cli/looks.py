"""Looks at what DescribeTable does not show: settings, tags and backups."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from .._core.patience import Patience
from .._core.setting_subjects import (
    at_home,
    recovery_subject,
    tags_subject,
    time_to_live_subject,
)
from .._core.subject import Subject, checked_table
from .._core.wait import wait_until
from .._gateways.faces import blocking
from ..conditions import Condition, Verdict
from ..errors import ImpossibleError
from ..polling import Polling
from ..states import BackupState
from ..sync import describe
from .exits import CommandError, ExitCode
from .progress import progress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._core.gateway import Gateway
    from .._core.subject import NextCall
    from ..events import Event
    from ..states import BackupsState, TimeToLiveState
    from .settings import Settings

S = TypeVar("S")

_TIMEOUT = 60.0
_WORTH_TELLING = ("wait.continued", "wait.retried")
_OPERATION = "ListBackups"
_ANSWER: Condition[Any] = Condition("an answer", lambda _: Verdict.satisfied())


def time_to_live_of(settings: Settings, table: str) -> TimeToLiveState:
    """Look at time to live."""
    return _look(settings, at_home(time_to_live_subject(table)), table)


def recovery_of(settings: Settings, table: str) -> BackupsState:
    """Look at point-in-time recovery."""
    return _look(settings, at_home(recovery_subject(table)), table)


def tags_of(settings: Settings, table: str) -> Mapping[str, str]:
    """Look at the tags of a table."""
    arn = arn_of(settings, table)
    if arn is None:
        raise _absent(table)
    return _look(settings, at_home(tags_subject(arn)), table)


def backups_of(settings: Settings, table: str) -> list[BackupState]:
    """Look at the backups of a table, the newest first; it may be gone by now."""
    asked = {"TableName": table, "BackupType": "ALL"}
    subject = Subject(
        name=checked_table(table),
        noun="table",
        operation=_OPERATION,
        parameters=asked,
        parse=_backups,
        more=partial(_more, asked),
    )
    found = _look(settings, subject, table)
    return sorted(found, key=lambda backup: str(backup.created_at), reverse=True)


def arn_of(settings: Settings, table: str) -> str | None:
    """Return the ARN of a table; None where there is none."""
    if checked_table(table).startswith("arn:"):
        return table
    return describe(settings.dynamodb, table).arn or None


def _look(settings: Settings, subject: Subject[S], table: str) -> S:
    """Look once; again where the call fails for now, or it is too early.

    Raises:
        CommandError: there is no such table.
    """
    with progress(settings, fleeting=True) as tell:

        def hear(event: Event) -> None:
            if event.name in _WORTH_TELLING:
                tell(event)

        patience = Patience(
            settings.budget(_TIMEOUT), Polling(grace=0.0), hear, missing="fail"
        )
        try:
            return cast("S", _seen(settings.dynamodb, subject, patience))
        except ImpossibleError as error:
            raise _absent(table) from error


@blocking
async def _seen(gateway: Gateway, subject: Subject[Any], patience: Patience) -> Any:
    return await wait_until(gateway, subject, _ANSWER, patience)


def _absent(table: str) -> CommandError:
    return CommandError(f"{table}: there is no such table", ExitCode.IMPOSSIBLE)


def _more(
    asked: Mapping[str, Any], responses: Sequence[Mapping[str, Any]]
) -> NextCall | None:
    after = responses[-1].get("LastEvaluatedBackupArn")
    return (_OPERATION, {**asked, "ExclusiveStartBackupArn": after}) if after else None


def _backups(response: Mapping[str, Any]) -> list[BackupState]:
    pages: list[Mapping[str, Any]] = response["Responses"]
    return [
        _summarised(summary)
        for page in pages
        for summary in page.get("BackupSummaries") or ()
    ]


def _summarised(summary: Mapping[str, Any]) -> BackupState:
    source = {
        member: summary[member]
        for member in ("TableName", "TableArn", "TableId")
        if member in summary
    }
    return BackupState.parse({"BackupDetails": summary, "SourceTableDetails": source})
