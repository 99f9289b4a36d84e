"""The rows of dynamolock, the lock client for Go.

They are laid out as those of the Java client, but for the lease, which is a Go duration
such as ``"20s"``: neither client can read the other's. Attributes that are not its own
are carried along when it takes a lock over.

Source: https://github.com/cirello-io/dynamolock
"""

from __future__ import annotations

from .dialect import Dialect
from .leases import GO_DURATION
from .versioned import Layout

_LAYOUT = Layout(
    owner="ownerName",
    lease="leaseDuration",
    lease_codec=GO_DURATION,
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

GO = Dialect(
    name="go",
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
