"""The rows of python-dynamodb-lock.

Its tables always have a sort key, which is ``"-"`` when nobody uses it. It cannot read
a row without `expiry_time`. A release deletes the row, and the fencing token with it:
what follows must start from the time. Attributes that are not its own it hands to its
users as additional ones.

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
    released=None,
    data="data",
    token="fencing_token",  # noqa: S106 - the name of an attribute
    heartbeat_at="heartbeat_at",
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
    token=_LAYOUT.token,
    expiry=_LAYOUT.expires_at,
    released_mark=_LAYOUT.released_mark(),
    read=_LAYOUT.read,
    acquire=_LAYOUT.acquire,
    beat=_LAYOUT.beat,
)
