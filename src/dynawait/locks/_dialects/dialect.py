"""What a dialect is: names, a reader, and what it knows to write."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..records import LockRecord
from .rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from ..records import DialectName, RowKind

    AttributeValue: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a reader found in a row besides its key; the fields of `LockRecord`."""

    owner: str | None = None
    lease: float | None = None
    version: str | None = None
    released: bool = False
    fencing_token: int | None = None
    data: bytes | str | None = None
    heartbeat_at: datetime | None = None
    expires_at: datetime | None = None
    acquired_by: str | None = None
    kind: RowKind = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What a holder wants its row to say.

    Attributes:
        owner: who it is.
        lease: for how long a sign of life counts, in seconds.
        version: the new record version number.
        data: the payload; for terraform the text of ``Info``, and all that counts.
        keep_data: whether an acquisition without data leaves what the row has; else it
            removes it, since it was somebody else's.
        heartbeat_at: the service's time, where it is known.
        expires_at: when DynamoDB may delete the row.
        acquired_by: host, process and tool.
        fencing_token: a token to write as it is; None leaves it to the caller, who lets
            DynamoDB count on from the row's (`Dialect.token`).
    """

    owner: str
    lease: float
    version: str
    data: bytes | str | None = None
    keep_data: bool = False
    heartbeat_at: datetime | None = None
    expires_at: datetime | None = None
    acquired_by: str | None = None
    fencing_token: int | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """The attributes that an UpdateItem sets and removes."""

    set: Mapping[str, AttributeValue]
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one lock client lays out its rows.

    Attributes:
        name: as users write it.
        partition_key: the attribute's name when nobody says otherwise.
        sort_key: the same; None when the table then has no sort key.
        blank_sort_key: what a sort key holds that is not used; None when there is no
            such thing and it must be said.
        identity: the attributes that, unchanged, prove that a row is still the same.
        owner: the attribute with the owner's name; None where there is none.
        token: the attribute with the fencing token; None where there is none.
        expiry: the attribute for DynamoDB's time to live, in epoch seconds, if any.
        released_mark: the attributes of a row that nobody holds; empty where there is
            no such row.
        read: reads everything but the key, and tells the row its problems.
        acquire: what an acquisition writes; None in a dialect that is only read.
        beat: what a heartbeat writes; None where nobody beats.
        release: what a release writes, given new data or None; None where it can only
            delete the row.
        deletes: whether it deletes the row all the same, unless the token could then
            come back.
    """

    name: DialectName
    partition_key: str
    sort_key: str | None = None
    blank_sort_key: str | None = None
    identity: tuple[str, ...]
    owner: str | None = None
    token: str | None = None
    expiry: str | None = None
    released_mark: Mapping[str, AttributeValue] = field(hash=False)
    read: Callable[[Row], Contents]
    acquire: Callable[[Holding], Write] | None = None
    beat: Callable[[Holding], Write] | None = None
    release: Callable[[bytes | str | None], Write] | None = None
    deletes: bool = False

    def __repr__(self) -> str:
        """Return its name; the rest is functions."""
        return f"<{type(self).__name__} {self.name}>"

    @property
    def writable(self) -> bool:
        """Tell whether locks of this dialect can be acquired and released."""
        return self.acquire is not None

    def key_names(
        self, partition_key: str | None = None, sort_key: str | None = None
    ) -> tuple[str, str | None]:
        """Return the names of the key's attributes, the dialect's own for None."""
        return partition_key or self.partition_key, sort_key or self.sort_key

    def decode(
        self,
        item: Mapping[str, Any],
        partition_key: str | None = None,
        sort_key: str | None = None,
    ) -> LockRecord:
        """Read a row, and never raise, whatever it is.

        Args:
            item: the row, in DynamoDB's JSON as botocore returns it.
            partition_key: the name of the partition key; None for the dialect's own.
            sort_key: the name of the sort key; None for the dialect's own.
        """
        row = Row(item)
        partition_name, sort_name = self.key_names(partition_key, sort_key)
        key = row.key(partition_name)
        sort_value = None if sort_name is None else row.key(sort_name)
        found = self.read(row)
        return LockRecord(
            key=key,
            sort_key=None if sort_value == self.blank_sort_key else sort_value,
            owner=found.owner,
            lease=found.lease,
            version=found.version or "",
            released=found.released,
            fencing_token=found.fencing_token,
            data=found.data,
            heartbeat_at=found.heartbeat_at,
            expires_at=found.expires_at,
            acquired_by=found.acquired_by,
            dialect=self.name,
            kind=found.kind,
            readable=not row.problems,
            problem="; ".join(row.problems) or None,
            raw=row.item,
        )

    def proof(self, record: LockRecord) -> dict[str, AttributeValue | None]:
        """Return what a row must still hold to be the one that was read.

        The release mark is part of it, so that a row that was released in the meantime
        is another one. What cannot be read has no such attributes, and is compared as a
        whole.

        Returns:
            The value that each attribute must have; None for one that must be absent.
        """
        if not record.readable:
            return dict(record.raw)
        names = dict.fromkeys((*self.identity, *self.released_mark))
        return {name: record.raw.get(name) for name in names}
