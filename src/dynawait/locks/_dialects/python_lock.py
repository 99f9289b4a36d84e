"""The rows of python-dynamodb-lock.

Its tables always have a sort key, which is ``"-"`` when nobody uses it. It cannot read
a row without `expiry_time`. Attributes that are not its own it hands to its users as
additional ones.

It knows no released rows: its release deletes them. With a row goes its fencing token,
and what counts on from the time could be smaller for the next second or two. So a
release of ours that comes so soon leaves the row, with a lease of 0: the other client
takes it over when it has seen it twice, and the next acquisition counts on.

Source: https://github.com/mohankishore/python_dynamodb_lock
"""

from __future__ import annotations

from .dialect import Dialect
from .leases import SECONDS
from .versioned import Layout

_LAYOUT = Layout(
    owner="owner_name",
    lease="lease_duration",
    lease_codec=SECONDS,
    version="record_version_number",
    released={"lease_duration": {"N": "0"}},
    data="data",
    token="fencing_token",  # noqa: S106 - the name of an attribute
    heartbeat_at="heartbeat_at",
    beat_version="heartbeat_version",
    expires_at="expiry_time",
    needs_expiry=True,
    acquired_by="acquired_by",
)

PYTHON_DYNAMODB_LOCK = Dialect(
    name="python-dynamodb-lock",
    partition_key="lock_key",
    sort_key="sort_key",
    blank_sort_key="-",
    identity=(_LAYOUT.version,),
    owner=_LAYOUT.owner,
    token=_LAYOUT.token,
    expiry=_LAYOUT.expires_at,
    released_mark=_LAYOUT.released,
    read=_LAYOUT.read,
    acquire=_LAYOUT.acquire,
    beat=_LAYOUT.beat,
    release=_LAYOUT.release,
    deletes=True,
)
