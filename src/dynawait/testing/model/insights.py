"""Contributor insights, of tables and of their global secondary indexes.

They are rules in CloudWatch, of which an account may have 100: two for each table or
index, and two more for a sort key, half of that in the mode THROTTLED_KEYS. Past the
quota ENABLE is accepted and then FAILED, and stays so until it is asked for again (as
measured on AWS). A test arranges ``"insights"``, by the name of the table or by
``"table/index"``, with a reason such as ``"AccessDeniedException: not allowed"``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .job_parts import page_of, reason_of
from .moments import milliseconds
from .operation import Operation
from .refusals import ServiceFault, refuse
from .shapes import Group, Text, Whole
from .sightings import check_key, kept, seen
from .tables import Index, Job, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .account import Account

_QUOTA = 100
_PAGE = 100
_ALL_KEYS = "ACCESSED_AND_THROTTLED_KEYS"
_THROTTLED = "THROTTLED_KEYS"
_EXHAUSTED = (
    "Amazon CloudWatch Contributor Insights rule limit reached. Please disable "
    "Contributor Insights for other tables/indexes OR disable other CloudWatch "
    "Contributor Insights rules before retrying."
)


@dataclass(slots=True)
class Insights:
    """The insights of a table or an index.

    Attributes:
        status: ``"ENABLING"``, ``"FAILED"``, ...
        mode: which keys they are about; None while they were never enabled.
        updated: when the status changed last, in seconds.
        failure: code and text of what made them fail.
        stamp: what the names of the rules end with.
        rules: how many rules it takes of the account's quota.
        of: the index; insights do not outlive it, whatever comes by its name.
    """

    status: str = "DISABLED"
    mode: str | None = None
    updated: float | None = None
    failure: tuple[str, str] | None = None
    stamp: int = 0
    rules: int = 0
    of: Index | None = None


def _update(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = seen(account, request["TableName"])
    index = request.get("IndexName")
    state = _state(table, index)
    _check_active(table, index)
    check_key(table)
    if request["ContributorInsightsAction"] == "ENABLE":
        mode = request.get("ContributorInsightsMode") or _ALL_KEYS
        if (state.status, state.mode) != ("ENABLED", mode):
            _enable(account, table, index, mode)
    elif state.status != "DISABLED":
        _disable(account, table, index)
    return _named(table, index, state)


def _enable(account: Account, table: Table, index: str | None, mode: str) -> None:
    state = _state(table, index)
    _drop_jobs(table, index)
    name = table.name if index is None else f"{table.name}/{index}"
    arranged = account.ending_of("insights", name)
    failure: tuple[str, str] | None = None
    state.rules, needed = 0, len(_kinds_of_rules(table, index, mode))
    if arranged is not None:
        failure = reason_of(arranged.reason, "InternalServerError")
    elif _rules_used(account) + needed > _QUOTA:
        failure = ("LimitExceededException", _EXHAUSTED)
    else:
        state.rules = needed
    stamp = milliseconds(account.moment())
    state.stamp = state.stamp if state.status == "ENABLED" else stamp
    state.status, state.mode, state.updated = "ENABLING", mode, account.now
    state.failure = None

    def finish(ended: float) -> None:
        state.status = "FAILED" if failure else "ENABLED"
        state.failure, state.updated = failure, ended

    ends = account.now + account.durations.insights_enable
    table.start(Job(_kind(index), ends, finish=finish, aside=True))


def _disable(account: Account, table: Table, index: str | None) -> None:
    state = _state(table, index)
    _drop_jobs(table, index)
    state.status, state.updated = "DISABLING", account.now

    def finish(ended: float) -> None:
        state.status, state.failure, state.updated = "DISABLED", None, ended
        state.rules = 0

    ends = account.now + account.durations.insights_disable
    table.start(Job(_kind(index), ends, finish=finish, aside=True))


def _describe(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    table = seen(account, request["TableName"])
    index = request.get("IndexName")
    state = _state(table, index)
    description = _named(table, index, state)
    if state.rules:
        description["ContributorInsightsRuleList"] = _rules(table, index, state)
    if state.updated is not None:
        description["LastUpdateDateTime"] = account.moment(state.updated)
    if state.failure is not None:
        code, text = state.failure
        failure = {"ExceptionName": code, "ExceptionDescription": text}
        description["FailureException"] = failure
    return description


def _list(account: Account, request: Mapping[str, Any]) -> dict[str, Any]:
    # Without a table, a page is cut before the DISABLED are left out: it may be empty
    # and yet not be the last. Measured on AWS.
    subject = request.get("TableName")
    tables = account.present() if subject is None else [seen(account, subject)]
    everything = [entry for table in tables for entry in _entries(table)]
    limit = request.get("MaxResults") or _PAGE
    if subject is not None:
        everything = [entry for entry in everything if entry[2].status != "DISABLED"]
    page, token = page_of(everything, limit, request.get("NextToken"))
    response: dict[str, Any] = {
        "ContributorInsightsSummaries": [
            _named(table, index, state)
            for table, index, state in page
            if state.status != "DISABLED"
        ]
    }
    return response | ({"NextToken": token} if token else {})


def _named(table: Table, index: str | None, state: Insights) -> dict[str, Any]:
    named: dict[str, Any] = {"TableName": table.name}
    if index is not None:
        named["IndexName"] = index
    named["ContributorInsightsStatus"] = state.status
    if state.mode is not None:
        named["ContributorInsightsMode"] = state.mode
    return named


def _entries(table: Table) -> Iterator[tuple[Table, str | None, Insights]]:
    for index in (None, *table.indexes):
        yield table, index, _kept(table, index)


def _state(table: Table, index: str | None) -> Insights:
    if index is not None and (
        index not in table.indexes or table.under_way("allocate", index=index)
    ):
        message = f"Requested resource not found: Index: {index} not found for table:"
        raise ServiceFault("ResourceNotFoundException", f"{message} {table.name}")
    return _kept(table, index)


def _kept(table: Table, index: str | None) -> Insights:
    of = None if index is None else table.indexes[index]
    state = kept(table.features, _kind(index), Insights)
    if state.of is not of:
        state = table.features[_kind(index)] = Insights(of=of)
    return state


def _check_active(table: Table, index: str | None) -> None:
    message = "Table or Index is not in a valid state to update Key Access Insights:"
    if table.status == "CREATING":
        message += " TableStatus must be ACTIVE to enable ContributorInsights."
        raise refuse(message)
    if index is not None and table.under_way("backfill", index=index):
        message += " IndexStatus must be ACTIVE to enable ContributorInsights."
        raise refuse(message)


def _drop_jobs(table: Table, index: str | None) -> None:
    table.drop(*(job for job in table.jobs if job.kind == _kind(index)))


def _kind(index: str | None) -> str:
    return "insights" if index is None else f"insights {index}"


def _kinds_of_rules(table: Table, index: str | None, mode: str) -> list[str]:
    schema = table.key_schema if index is None else table.indexes[index].key_schema
    keys = ("PK", "SK") if any(key["KeyType"] == "RANGE" for key in schema) else ("PK",)
    return [
        key + kind for key in keys for kind in ("T" if mode == _THROTTLED else "CT")
    ]


def _rules(table: Table, index: str | None, state: Insights) -> list[str]:
    subject = table.name if index is None else f"{table.name}-{index}"
    return [
        f"DynamoDBContributorInsights-{kind}-{subject}-{state.stamp}"
        for kind in _kinds_of_rules(table, index, state.mode or _ALL_KEYS)
    ]


def _rules_used(account: Account) -> int:
    return sum(
        state.rules for table in account.present() for _, _, state in _entries(table)
    )


_NAME = Text(least=1, most=1024)
_INDEX = Text(least=3, most=255, pattern="[a-zA-Z0-9_.-]+")
OPERATIONS: Mapping[str, Operation] = {
    "UpdateContributorInsights": Operation(
        Group(
            {
                "TableName": _NAME,
                "IndexName": _INDEX,
                "ContributorInsightsAction": Text(choices=("ENABLE", "DISABLE")),
                "ContributorInsightsMode": Text(choices=(_ALL_KEYS, _THROTTLED)),
            },
            ("TableName", "ContributorInsightsAction"),
        ),
        _update,
    ),
    "DescribeContributorInsights": Operation(
        Group({"TableName": _NAME, "IndexName": _INDEX}, ("TableName",)), _describe
    ),
    "ListContributorInsights": Operation(
        Group(
            {
                "TableName": _NAME,
                "NextToken": Text(),
                "MaxResults": Whole(most=_PAGE),
            }
        ),
        _list,
    ),
}
