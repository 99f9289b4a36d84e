"""The rows of Amazon's lock client for Java, which are ours as well.

It reads `leaseDuration` as decimal milliseconds in a string, and takes a row for
released when `isReleased` is the string ``"1"``. It cannot read a row without
`ownerName`, and one that it cannot read ends its scan of the whole table. When it takes
a lock over it puts a new item, so that our own attributes are gone.

Source: https://github.com/awslabs/amazon-dynamodb-lock-client
"""

from __future__ import annotations

from .dialect import Dialect
from .leases import MILLISECONDS_AS_TEXT
from .versioned import Layout

_LAYOUT = Layout(
    owner="ownerName",
    lease="leaseDuration",
    lease_codec=MILLISECONDS_AS_TEXT,
    version="recordVersionNumber",
    released={"isReleased": {"S": "1"}},
    data="data",
    token="fencingToken",  # noqa: S106 - the name of an attribute
    heartbeat_at="heartbeatAt",
    beat_version="heartbeatVersion",
    expires_at="expiresAt",
    needs_expiry=False,
    acquired_by="acquiredBy",
)

AMAZON = Dialect(
    name="amazon",
    partition_key="key",
    identity=(_LAYOUT.version,),
    owner=_LAYOUT.owner,
    token=_LAYOUT.token,
    expiry=_LAYOUT.expires_at,
    released_mark=_LAYOUT.released,
    read=_LAYOUT.read,
    acquire=_LAYOUT.acquire,
    beat=_LAYOUT.beat,
    release=_LAYOUT.release,
)
