"""What the rows of a lock table show of its fitness: pure."""

from __future__ import annotations

from json import loads
from typing import TYPE_CHECKING, Any

from ...locks._dialects.terraform import DIGEST, DIGEST_SUFFIX, terraform_lock
from ...locks.backends import digest_problem
from ...locks.dialects import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    from ...locks.dialects import Dialect
    from ...locks.records import LockRecord

    Finding: TypeAlias = "Problem | Note"

_SHOWN = 3
_MILLISECONDS = 10**11  # an epoch in seconds comes to that in the year 5138


class Problem(str):
    """What makes locks fail, vanish or exclude nobody."""

    __slots__ = ()


class Note(str):
    """What may be so, and is good to know."""

    __slots__ = ()


def rows_findings(
    rows: Sequence[Mapping[str, Any]],
    dialect: Dialect,
    names: tuple[str | None, str | None],
    watched: str | None,
) -> Iterator[Finding]:
    """Judge the rows of a lock table.

    Args:
        rows: in DynamoDB's JSON.
        dialect: how they should be laid out.
        names: the names of the key's attributes; None: the dialect's own.
        watched: the attribute that the table's time to live watches; None: it is off.
    """
    spoken = recognise(rows)
    if spoken is not None and spoken != dialect.name:
        yield Problem(f"its rows are of the dialect {spoken}, not {dialect.name}")
    records = [dialect.decode(row, *names) for row in rows]
    locks = [record for record in records if record.kind == "lock"]
    bad = [f"{each.key!r}: {each.problem}" for each in locks if not each.readable]
    if bad:
        yield Problem(f"{len(bad)} of its rows cannot be read ({_few(bad)})")
    if watched is not None:
        yield from _of_expiries(records, watched)
    if dialect.name == "terraform":
        yield from _of_terraform(locks)


def _of_expiries(records: Sequence[LockRecord], watched: str) -> Iterator[Finding]:
    """Look for times that DynamoDB's time to live passes over, or never reaches."""
    strange = [each for each in records if watched in each.raw]
    typed = [each.key for each in strange if "N" not in each.raw[watched]]
    if typed:
        yield Problem(
            f"{watched} is no number in {len(typed)} rows, so time to live passes them "
            f"over ({_few(typed)})"
        )
    late = [
        each.key
        for each in strange
        if "N" in each.raw[watched] and float(each.raw[watched]["N"]) >= _MILLISECONDS
    ]
    if late:
        yield Problem(
            f"{watched} is not in seconds since 1970 in {len(late)} rows, but in "
            f"milliseconds or so: they never expire ({_few(late)})"
        )


def _of_terraform(locks: Sequence[LockRecord]) -> Iterator[Finding]:
    for record in locks:
        lock = terraform_lock(record)
        if record.key.endswith(DIGEST_SUFFIX):
            yield Problem(digest_problem(record.key))
        if DIGEST in record.raw:
            yield Problem(f"{record.key} is a lock and a digest in one row")
        if lock is None:
            continue
        said = _path_in(lock.raw)
        if said not in ("", lock.path):
            yield Problem(
                f"the lock at {lock.path} says that it is that of {said}: two backends "
                "may share one row"
            )
        if lock.problem is not None:
            yield Problem(f"{lock.path}: {lock.problem}")


def _path_in(info: str) -> str:
    found: object = loads(info).get("Path", "")
    return found if isinstance(found, str) else ""


def _few(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:_SHOWN])
    return shown if len(texts) <= _SHOWN else f"{shown}, ..."
