"""What has changed between two looks at a table, in words and as facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..states import VectorIndexState
from .shapes import index_word, indexes_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from ..states import (
        IndexState,
        OnDemandThroughput,
        TableState,
        Throughput,
        WarmThroughput,
    )

    # What something is, by its kind and, where there may be several, its name.
    Aspects: TypeAlias = "dict[tuple[str, str], str | None]"

_TABLE = ("table created", "table deleted", "table replaced")
# What has parts of its own: when it comes or goes, they are not told one by one.
_WHOLES = ("index", "replica", "witness")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that has changed.

    Attributes:
        kind: what, ``"index"``, ``"billing mode"``; with ``" added"`` or ``" removed"``
            where an index, a replica or a witness has come or gone, and ``"table"``
            with ``" created"``, ``" deleted"`` or ``" replaced"``.
        name: the index, or the Region; empty for the table itself.
        before: how it was; None where there was nothing.
        after: how it is; None where there is nothing.
    """

    kind: str
    name: str = ""
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        """Return a phrase for people."""
        what = f"{self.kind} {self.name}".strip()
        if self.kind in _TABLE:
            return f"{what}, and is {self.after}" if self.after else what
        for word in ("added", "removed"):
            if self.kind.endswith(f" {word}"):
                thing = self.kind.removesuffix(f" {word}")
                rest = f": {self.after}" if self.after else ""
                return f"{thing} {self.name} was {word}{rest}"
        return f"{what}: {self.before or 'none'} -> {self.after or 'none'}"

    def facts(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "change": self.kind,
            "name": self.name or None,
            "before": self.before,
            "after": self.after,
            "text": str(self),
        }


def differences(before: TableState, after: TableState) -> tuple[Difference, ...]:
    """Return what has changed, the table itself first.

    Counts of items and bytes are left out: they are hours old, and nobody's change.

    Args:
        before: an earlier look.
        after: a later one.
    """
    if not (before.exists and after.exists):
        return tuple(_coming_or_going(before, after))
    if before.table_id and after.table_id and before.table_id != after.table_id:
        was, now = before.table_id, after.status
        return (Difference("table replaced", before=was, after=now),)
    return tuple(_changes(_aspects(before), _aspects(after)))


def _coming_or_going(before: TableState, after: TableState) -> Iterator[Difference]:
    if after.exists:
        yield Difference("table created", after=after.status)
    elif before.exists:
        yield Difference("table deleted", before=before.status)


def _changes(old: Aspects, new: Aspects) -> Iterator[Difference]:
    partial = {
        name
        for kind, name in old.keys() ^ new.keys()
        if name and kind.removeprefix("vector ") in _WHOLES
    }
    for kind, name in dict.fromkeys([*old, *new]):
        was, now = old.get((kind, name)), new.get((kind, name))
        whole = kind.removeprefix("vector ") in _WHOLES
        if whole and (kind, name) not in old:
            yield Difference(f"{kind} added", name, None, now)
        elif whole and (kind, name) not in new:
            yield Difference(f"{kind} removed", name, was, None)
        elif was != now and (whole or name not in partial):
            yield Difference(kind, name, was, now)


def _aspects(state: TableState) -> Aspects:
    """Return all that can change of a table that exists."""
    stream, encryption = state.stream, state.encryption
    found: Aspects = {
        ("status", ""): state.status,
        ("billing mode", ""): state.billing_mode,
        ("throughput", ""): _units(state.throughput),
        ("on-demand limits", ""): _limits(state.on_demand),
        ("warm throughput", ""): _warmth(state.warm_throughput),
        ("table class", ""): state.table_class,
        ("stream", ""): None if stream is None else str(stream.view_type),
        ("deletion protection", ""): _switch(on=state.deletion_protected),
        ("encryption", ""): None
        if encryption is None
        else _joined(encryption.status, encryption.type, encryption.key_arn),
    }
    for index in indexes_of(state):
        found |= _index_aspects(index)
    for replica in state.replicas.values():
        share, region = replica.percent_progress, replica.region
        found["replica", region] = _joined(replica.status or "unknown", share)
        found["replica class", region] = replica.table_class
    for witness in state.witnesses.values():
        found["witness", witness.region] = witness.status or "unknown"
    return found


def _index_aspects(index: IndexState | VectorIndexState) -> Aspects:
    if isinstance(index, VectorIndexState):
        return {("vector index", index.name): index_word(index)}
    projection = index.projection
    keys = index.key_schema
    return {
        ("index", index.name): index_word(index),
        ("index key", index.name): ", ".join([*keys.partition, *keys.sort]),
        ("index throughput", index.name): _units(index.throughput),
        ("index on-demand limits", index.name): _limits(index.on_demand),
        ("index warm throughput", index.name): _warmth(index.warm_throughput),
        ("index projection", index.name): _joined(
            projection.type, *sorted(projection.attributes)
        ),
    }


def _units(units: Throughput | None) -> str | None:
    if units is None or not (units.read or units.write):
        return None
    return f"{units.read} read, {units.write} write"


def _limits(limits: OnDemandThroughput | None) -> str | None:
    if limits is None:
        return None
    return f"{limits.read or 'no'} read, {limits.write or 'no'} write"


def _warmth(warmth: WarmThroughput | None) -> str | None:
    if warmth is None:
        return None
    return _joined(warmth.status, f"{warmth.read} read", f"{warmth.write} write")


def _switch(*, on: bool) -> str:
    return "on" if on else "off"


def _joined(*words: str | None) -> str | None:
    return ", ".join(word for word in words if word) or None
