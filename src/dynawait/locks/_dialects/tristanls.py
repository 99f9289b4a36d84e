"""The rows of dynamodb-lock-client 0.7, for JavaScript. They are only read.

A lock that fails open has a lease and a token, and is released by a lease of one
millisecond; one that fails closed has an owner and a GUID, no lease, and is released by
its deletion. The time at which it says it was acquired is its holder's own and
therefore no heartbeat of ours.

Source: https://github.com/tristanls/dynamodb-lock-client
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dialect import Contents, Dialect
from .leases import read_number

if TYPE_CHECKING:
    from .rows import Row

_LEASE = "leaseDurationMs"
_RELEASED_LEASE = 0.001


def _read(row: Row) -> Contents:
    owner = row.text("owner")
    guid = row.need("guid", "B")
    token = row.whole("fencingToken")
    lease = read_number(row, _LEASE, per_second=1000) if row.has(_LEASE) else None
    version = None if guid is None else bytes(guid).hex()
    if version is not None and token is not None:
        version = f"{token}:{version}"
    return Contents(
        owner=owner,
        lease=lease,
        version=version,
        released=lease == _RELEASED_LEASE,
        fencing_token=token,
    )


TRISTANLS = Dialect(
    name="tristanls",
    partition_key="id",
    identity=("guid", "fencingToken", _LEASE),
    owner="owner",
    token="fencingToken",  # noqa: S106 - the name of an attribute
    released_mark={_LEASE: {"N": "1"}},
    read=_read,
)
