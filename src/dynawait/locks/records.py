"""A lock as it lies in a table: what one row says, read once and never changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import TypeAlias

    DialectName: TypeAlias = Literal[
        "amazon", "go", "python-dynamodb-lock", "tristanls", "terraform"
    ]
    RowKind: TypeAlias = Literal["lock", "digest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRecord:
    """One row of a lock table.

    A row that cannot be read as a lock is a record too: `readable` is False, `problem`
    says why, and the other fields hold what could be read all the same.

    Attributes:
        key: the partition key. The text of a number or the hexadecimal digits of bytes
            where the key is no string; empty where it is missing.
        sort_key: the sort key, in the same way; None where the table has none, and
            where it holds what the dialect writes when none is used.
        owner: who holds the lock; None where the row does not say.
        lease: for how long a sign of life counts, in seconds; None in a dialect without
            leases, and where it cannot be read.
        version: what changes with every sign of life: the record version number, the
            fencing token and GUID (tristanls), the lock ID (terraform). Empty where it
            cannot be read.
        released: whether the row says that nobody holds the lock.
        fencing_token: a number that grows with every acquisition, where it is kept.
        data: what the holder has put into the row; for terraform the text of ``Info``.
        heartbeat_at: when the service saw the last sign of life, where it is kept.
        expires_at: when DynamoDB may delete the row, where it is kept.
        acquired_by: host, process and tool of the holder, where they are kept.
        dialect: the dialect in which the row was read.
        kind: *lock*, or *digest* for a row in which Terraform keeps the MD5 of a state,
            which is no lock and never readable as one.
        readable: whether the row is a lock in this dialect.
        problem: why it is not, in a sentence or several; None when it is.
        raw: the row, the very object that was received, in DynamoDB's JSON:
            ``{"key": {"S": "orders"}}``.
    """

    key: str
    sort_key: str | None = None
    owner: str | None = None
    lease: float | None = None
    version: str = ""
    released: bool = False
    fencing_token: int | None = None
    data: bytes | str | None = field(default=None, repr=False)
    heartbeat_at: datetime | None = None
    expires_at: datetime | None = None
    acquired_by: str | None = None
    dialect: DialectName
    kind: RowKind = "lock"
    readable: bool = True
    problem: str | None = None
    # A mapping cannot be hashed, and 400 KB of it would drown everything else.
    raw: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TerraformLock:
    """A lock of Terraform's or OpenTofu's S3 backend.

    Attributes:
        path: what is locked: the row's ``LockID``, ``"bucket/env/prod/app.tfstate"``.
        id: the lock ID, as ``terraform force-unlock`` takes it.
        operation: what the holder does, ``"OperationTypeApply"``.
        who: user and host, ``"ci@runner-7"``.
        created: when, in microseconds, while Terraform writes nanoseconds; the year 1,
            which is Go's zero, where the row does not say.
        version: of Terraform.
        info: what else the holder had to say.
        raw: the very text of ``Info``: what an unlocking must find unchanged.
        problem: why Terraform itself could not read this lock, although we can.
    """

    path: str
    id: str
    operation: str
    who: str
    created: datetime
    version: str
    info: str
    raw: str = field(repr=False)
    problem: str | None = None
