"""Rows with an owner, a lease and a record version number.

Three clients lay them out alike, with other names and another lease. What is not theirs
(token, times, host) they pass over, and a row that has been in their hands has lost it,
so nothing here depends on it, except that a token must be a number to be counted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError
from .dialect import Contents, Write
from .rows import EPOCH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .dialect import AttributeValue, Holding
    from .leases import LeaseCodec
    from .rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The names of such a row's attributes.

    Attributes:
        lease_codec: how the lease is written.
        released: the attributes of a row that nobody holds.
        beat_version: which version `heartbeat_at` was written with. A client that
            knows neither may carry both along, and then the lock lives on while the
            time stands still.
        expires_at: for DynamoDB's time to live.
        needs_expiry: whether the other client cannot read a row without it.
    """

    owner: str
    lease: str
    lease_codec: LeaseCodec
    version: str
    released: Mapping[str, AttributeValue]
    data: str
    token: str
    heartbeat_at: str
    beat_version: str
    expires_at: str
    needs_expiry: bool
    acquired_by: str

    def read(self, row: Row) -> Contents:
        """Read everything but the key.

        A released row may lack what only a holder has to say.
        """
        released = all(row.is_value(*mark) for mark in self.released.items())
        token = row.whole(self.token)
        before = len(row.problems)
        owner = row.text(self.owner)
        lease = self.lease_codec.read(row, self.lease)
        version = row.text(self.version)
        if version == "":
            row.mend(f"{self.version} is empty")
        if released:
            del row.problems[before:]
        beaten_with = row.spare_text(self.beat_version)
        is_carried = beaten_with is not None and beaten_with != version
        beat = row.spare_moment(self.heartbeat_at, per_second=1000)
        return Contents(
            owner=owner,
            lease=lease,
            version=version,
            released=released,
            fencing_token=token,
            data=row.spare_payload(self.data),
            heartbeat_at=None if is_carried else beat,
            expires_at=row.spare_moment(self.expires_at, per_second=1),
            acquired_by=row.spare_text(self.acquired_by),
        )

    def acquire(self, holding: Holding) -> Write:
        """Return what makes the row the holder's, and nothing of its former one.

        Raises:
            InvalidArgumentError: a lease that cannot be written, or no `expires_at`
                where the other client needs one.
        """
        if self.needs_expiry and holding.expires_at is None:
            problem = f"the other client cannot read a row without {self.expires_at}"
            raise InvalidArgumentError("expires_at", problem)
        wanted = {self.owner: {"S": holding.owner}, **self._moving(holding)}
        if holding.acquired_by is not None:
            wanted[self.acquired_by] = {"S": holding.acquired_by}
        spare = (
            self.data,
            self.acquired_by,
            self.heartbeat_at,
            self.beat_version,
            self.expires_at,
        )
        kept = {self.data} if holding.keep_data else set[str]()
        gone = [name for name in spare if name not in wanted and name not in kept]
        marks = [name for name in self.released if name not in wanted]
        return Write(wanted, (*marks, *gone))

    def beat(self, holding: Holding) -> Write:
        """Return what a sign of life changes; the owner stays as it is.

        Raises:
            InvalidArgumentError: a lease that cannot be written.
        """
        return Write(self._moving(holding))

    def release(self, data: bytes | str | None) -> Write:
        """Return what frees the lock and leaves the row."""
        if data is None:
            return Write(self.released)
        return Write({**self.released, self.data: _payload(data)})

    def _moving(self, holding: Holding) -> dict[str, AttributeValue]:
        moving: dict[str, AttributeValue] = {
            self.lease: self.lease_codec.write(holding.lease),
            self.version: {"S": holding.version},
        }
        if holding.data is not None:
            moving[self.data] = _payload(holding.data)
        if holding.fencing_token is not None:
            moving[self.token] = {"N": str(holding.fencing_token)}
        if holding.heartbeat_at is not None:
            moving[self.heartbeat_at] = _since_epoch(holding.heartbeat_at, 1000)
            moving[self.beat_version] = {"S": holding.version}
        if holding.expires_at is not None:
            moving[self.expires_at] = _since_epoch(holding.expires_at, 1)
        return moving


def _payload(data: bytes | str) -> AttributeValue:
    return {"S": data} if isinstance(data, str) else {"B": data}


def _since_epoch(moment: datetime, per_second: int) -> AttributeValue:
    microseconds = (moment - EPOCH) // (EPOCH.resolution)
    return {"N": str(microseconds * per_second // 1_000_000)}
