"""The rows of Terraform's and OpenTofu's S3 backend.

A lock is a row with ``Info``. There is no lease and nobody beats, so nothing in a row
tells a running holder from a dead one. A second row, whose key ends in ``-md5``, holds
the digest of the state and is no lock; a lock whose own path ends so still is one.

Source: `internal/backend/remote-state/s3/client.go` in
https://github.com/hashicorp/terraform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InvalidArgumentError
from .dialect import Contents, Dialect, Write
from .info import read_info

if TYPE_CHECKING:
    from ..records import LockRecord, TerraformLock
    from .dialect import Holding
    from .rows import Row

INFO = "Info"
DIGEST = "Digest"
DIGEST_SUFFIX = "-md5"


def digest_key(path: str) -> str:
    """Return the key of the row that holds the digest of a state."""
    return path + DIGEST_SUFFIX


def terraform_lock(record: LockRecord) -> TerraformLock | None:
    """Return what a readable record of this dialect says; None for any other."""
    if not record.readable or not isinstance(record.data, str):
        return None
    lock = read_info(record.key, record.data)
    return None if isinstance(lock, str) else lock


def _read(row: Row) -> Contents:
    digest = row.spare_text(DIGEST)
    if digest is not None and not row.has(INFO):
        row.mend("this row holds the digest of a state, not a lock")
        return Contents(version=digest, kind="digest")
    text = row.text(INFO)
    if text is None:
        return Contents()
    lock = read_info("", text)
    if isinstance(lock, str):
        row.mend(lock)
        return Contents(data=text)
    return Contents(owner=lock.who, version=lock.id, data=text)


def _acquire(holding: Holding) -> Write:
    """Return a row as Terraform puts it: ``Info``, and nothing besides.

    Raises:
        InvalidArgumentError: the data are no ``Info``.
    """
    text = holding.data
    found = read_info("", text) if isinstance(text, str) else "it is no string"
    if isinstance(found, str):
        raise InvalidArgumentError(
            "data",
            f"no Info that Terraform reads: {found}. TerraformLocks.hold() writes one",
        )
    return Write({INFO: {"S": text}})


TERRAFORM = Dialect(
    name="terraform",
    partition_key="LockID",
    identity=(INFO,),
    released_mark={},
    read=_read,
    acquire=_acquire,
)
