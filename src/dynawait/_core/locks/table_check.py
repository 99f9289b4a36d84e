"""Whether a table can be trusted with locks: what it is, and what lies in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...locks.reports import TableReport
from ...states import TableState, TimeToLiveState
from .asking import Asker
from .findings import Note, Problem, rows_findings
from .permissions import CHECK_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ...locks.dialects import Dialect
    from ..gateway import Gateway
    from .findings import Finding

MOST_ROWS = 10_000
_READABLE = ("ACTIVE", "UPDATING")
_NO_TABLE = "ResourceNotFoundException"
_UNKNOWN = "UnknownOperationException"


async def check_table(
    gateway: Gateway,
    table: str,
    dialect: Dialect,
    *,
    names: tuple[str | None, str | None] = (None, None),
    allow_global_table: bool = False,
    most_rows: int = MOST_ROWS,
    timeout: float = CHECK_TIMEOUT,
) -> TableReport:
    """Look at a table's key, time to live, replicas and billing, and at its rows.

    Args:
        gateway: the door out.
        table: the table's name or ARN.
        dialect: how its rows should be laid out.
        names: the names of the key's attributes; None: the dialect's own.
        allow_global_table: whether replicas are no problem.
        most_rows: how many rows are read at the most; 0: none.
        timeout: for how long the calls are tried again, in seconds.

    Raises:
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    asker = Asker(gateway, table, timeout)
    described = await asker.ask("DescribeTable", faults=(_NO_TABLE,))
    if described.fault is not None:
        return TableReport(problems=(f"there is no table {table}",))
    state = TableState.parse(described.response)
    findings = [
        *_of_keys(state, dialect.key_names(*names)),
        *_of_setup(state, allow_global_table=allow_global_table),
    ]
    expiry = await asker.ask("DescribeTimeToLive", faults=(_UNKNOWN,))
    watched = None
    if expiry.fault is None:
        watched = _watched(TimeToLiveState.parse(expiry.response))
        findings += _of_expiry(watched, dialect)
    rows, complete = await _rows(asker, most_rows if state.status in _READABLE else 0)
    findings += rows_findings(rows, dialect, names, watched)
    if not complete:
        findings.append(Note(f"only the first {len(rows):,} rows were read"))
    return TableReport(
        problems=tuple(str(each) for each in findings if isinstance(each, Problem)),
        notes=tuple(str(each) for each in findings if isinstance(each, Note)),
        rows=len(rows),
    )


async def _rows(asker: Asker, most: int) -> tuple[list[Mapping[str, Any]], bool]:
    """Read rows, and tell whether these were all."""
    rows: list[Mapping[str, Any]] = []
    after: Mapping[str, Any] | None = None
    while len(rows) < most:
        request: dict[str, Any] = {"ConsistentRead": True, "Limit": most - len(rows)}
        if after:
            request["ExclusiveStartKey"] = after
        page = (await asker.ask("Scan", request)).response
        rows += page.get("Items") or ()
        after = page.get("LastEvaluatedKey")
        if not after:
            return rows, True
    return rows, most == 0


def _of_keys(state: TableState, wanted: tuple[str, str | None]) -> Iterator[Finding]:
    found = (state.key_schema.partition, state.key_schema.sort)
    needed = tuple(() if name is None else (name,) for name in wanted)
    if found != needed:
        yield Problem(
            f"its key is {_key_text(found)}, and should be {_key_text(needed)}"
        )
    for name in (*found[0], *found[1]):
        kind = state.attribute_types.get(name, "S")
        if kind != "S":
            yield Problem(f"its key {name} is of the type {kind}, and should be S")


def _key_text(key: Sequence[Sequence[str]]) -> str:
    return " + ".join(name for part in key for name in part) or "unknown"


def _of_setup(state: TableState, *, allow_global_table: bool) -> Iterator[Finding]:
    if state.status not in _READABLE:
        yield Problem(f"its status is {state.status}: no lock can be had now")
    if state.replicas:
        strong = state.multi_region_consistency == "STRONG"
        regions = ", ".join(state.replicas)
        text = f"it has replicas in {regions}: clients of two Regions could both win"
        if strong:
            text = f"it has replicas in {regions}, strongly consistent with each other"
        yield (Note if strong or allow_global_table else Problem)(text)
    if state.billing_mode == "PROVISIONED":
        yield Note(
            "its capacity is provisioned: when it runs out, heartbeats and releases "
            "are throttled, so on-demand is better"
        )


def _watched(state: TimeToLiveState) -> str | None:
    on = state.status in ("ENABLED", "ENABLING")
    return state.attribute if on else None


def _of_expiry(watched: str | None, dialect: Dialect) -> Iterator[Finding]:
    if watched is None:
        if dialect.expiry is not None:
            yield Note(
                f"no time to live is enabled: on {dialect.expiry} it would delete the "
                "rows of locks that nobody uses any more"
            )
    elif dialect.expiry is None:
        yield Problem(
            f"time to live watches {watched}, but locks of the dialect {dialect.name} "
            "do not expire: a row that has it vanishes while it is held"
        )
    elif watched != dialect.expiry:
        yield Problem(
            f"time to live watches {watched} instead of {dialect.expiry}: rows that "
            "have it may vanish while they are held, the others never do"
        )
