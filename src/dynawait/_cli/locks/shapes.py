"""Locks as JSON, and as text for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ...locks._dialects.terraform import terraform_lock
from ..failures import in_flags
from ..output import one_line
from ..spans import spell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ...locks.records import LockRecord
    from ...sync.locks import LockAssessment, LockClient

_LONG = 2.0
"""After how many leases without a sign of life a lock is worth a look."""
_WIDTH = 16


def name_of(record: LockRecord) -> str:
    """Return the key, with its sort key where it has one."""
    return record.key if record.sort_key is None else f"{record.key}/{record.sort_key}"


def state_of(record: LockRecord) -> str:
    """Return what a row says: *held*, *released*, *digest* or *unreadable*."""
    if record.kind == "digest":
        return "digest"
    if not record.readable:
        return "unreadable"
    return "released" if record.released else "held"


def service_time(locks: LockClient) -> datetime:
    """Return the time by the service's clock, where its answers have told it."""
    return locks.__dynawait_desk__().keeper.service_time()


def lock_facts(record: LockRecord, now: datetime) -> dict[str, Any]:
    """Return what machines want to know of a lock; ages are seconds."""
    facts: dict[str, Any] = {
        "key": record.key,
        "sort_key": record.sort_key,
        "state": state_of(record),
        "owner": record.owner,
        "lease": record.lease,
        "version": record.version,
        "fencing_token": record.fencing_token,
        "heartbeat_at": record.heartbeat_at,
        "age": age_of(record, now),
        "expires_at": record.expires_at,
        "acquired_by": record.acquired_by,
        "dialect": record.dialect,
        "problem": record.problem,
    }
    lock = terraform_lock(record) if record.dialect == "terraform" else None
    if lock is not None:
        facts |= {
            "lock_id": lock.id,
            "operation": lock.operation,
            "created": lock.created,
            "terraform": lock.version,
            "info": lock.info,
        }
    return facts


def age_of(record: LockRecord, now: datetime) -> float | None:
    """Return how long ago the holder has last been heard of, in seconds.

    Terraform's holders are heard of once, when they begin.
    """
    at = record.heartbeat_at
    if record.dialect == "terraform":
        lock = terraform_lock(record)
        at = None if lock is None else lock.created
    if at is None or record.released:
        return None
    return round(max(0.0, (now - at).total_seconds()), 1)


def lock_line(record: LockRecord, now: datetime) -> str:
    """Return a lock in a line, whatever is written in it."""
    return one_line(_line(record, now))


def _line(record: LockRecord, now: datetime) -> str:
    state = state_of(record)
    if state == "unreadable":
        return f"{name_of(record)}: unreadable: {record.problem}"
    if state == "digest":
        return f"{name_of(record)}: the digest of a state, {record.version}"
    if state == "released":
        last = f", last by {record.owner}" if record.owner else ""
        return f"{name_of(record)}: released{last}"
    return f"{name_of(record)}: held by {', '.join(_held(record, now))}"


def _held(record: LockRecord, now: datetime) -> Iterator[str]:
    """Yield what there is to say of a lock that is held."""
    lock = terraform_lock(record) if record.dialect == "terraform" else None
    if lock is not None:
        yield f"{lock.who} for {spell(age_of(record, now) or 0.0)}"
        yield lock.operation
        yield f"lock ID {lock.id}"
        return
    by = f" ({record.acquired_by})" if record.acquired_by else ""
    yield f"{record.owner}{by}"
    if record.lease is not None:
        yield f"lease {record.lease:g} s"
    age = age_of(record, now)
    if age is None:
        yield "time of the last sign of life unknown"
        return
    yield f"last sign of life {spell(age)} ago"
    if record.lease is not None and age > _LONG * record.lease:
        yield "perhaps left behind: assess it"


def lock_lines(record: LockRecord, now: datetime) -> Iterator[str]:
    """Yield everything about a lock."""
    facts = lock_facts(record, now)
    age = facts.pop("age")
    for name, value in facts.items():
        if value is not None:
            yield f"{name.replace('_', ' ') + ':':{_WIDTH}}{one_line(str(value))}"
    if age is not None:
        yield f"{'age:':{_WIDTH}}{spell(age)}"
    if record.data is not None:
        yield f"{'data:':{_WIDTH}}{one_line(_text(record.data))}"
    yield f"{'row:':{_WIDTH}}{json.dumps(record.raw, default=_text)}"


def assessment_facts(found: LockAssessment, now: datetime) -> dict[str, Any]:
    """Return what machines want to know of a verdict."""
    record = found.record
    return {
        "verdict": found.verdict,
        "evidence": [in_flags(sentence) for sentence in found.evidence],
        "lock": None if record is None else lock_facts(record, now),
    }


def assessment_lines(name: str, found: LockAssessment) -> Iterator[str]:
    """Yield a verdict and what it rests on."""
    yield one_line(f"{name}: {found.verdict}")
    for sentence in found.evidence:
        yield f"  {one_line(in_flags(sentence))}"


def _text(value: Any) -> str:
    """Return bytes as people read them."""
    if isinstance(value, (bytes, bytearray)):
        return value.decode("utf-8", "backslashreplace")
    return str(value)
