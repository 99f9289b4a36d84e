"""The digests of Terraform's states: read, and put right on request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from ...errors import InvalidArgumentError, LockMismatchError
from ...locks._dialects.terraform import DIGEST, INFO, digest_key
from .looking import LOOK_TIMEOUT, insist
from .store import Absent, Change, Exact, Place, Refused

if TYPE_CHECKING:
    from .keeper import Keeper
    from .store import Condition, Row

_MD5 = re.compile("[0-9a-f]{32}")


async def digest(
    keeper: Keeper, path: str, *, timeout: float = LOOK_TIMEOUT
) -> str | None:
    """Read the MD5 that Terraform expects a state to have.

    Args:
        keeper: the client.
        path: the ``LockID`` of the state's lock.
        timeout: for how long it is tried again, in seconds.

    Returns:
        32 hexadecimal digits, as a rule; None where there is no digest.

    Raises:
        LockMismatchError: the row is the lock of another state, or has no digest.
        ServiceError: the call was refused for good, or there was no answer in time.
    """
    place = Place(digest_key(path))
    sight = await insist(
        keeper, "GetItem", lambda end: keeper.store.read(place, deadline=end), timeout
    )
    return None if sight.row is None else _digest_in(keeper, place, sight.row)


async def repair_digest(
    keeper: Keeper, path: str, md5: str, *, timeout: float = LOOK_TIMEOUT
) -> None:
    """Write the MD5 that a state really has.

    It is written only while the digest is the one that was read here, so that a change
    of the state which comes in between is not undone.

    Args:
        keeper: the client.
        path: the ``LockID`` of the state's lock.
        md5: of the state as it lies in the bucket: 32 hexadecimal digits.
        timeout: for how long the calls are tried again, in seconds.

    Raises:
        InvalidArgumentError: that is no MD5.
        LockMismatchError: the row is the lock of another state, or it has changed
            meanwhile.
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    wanted = _checked(md5)
    now = await digest(keeper, path, timeout=timeout)
    if now == wanted:
        return
    place = Place(digest_key(path))
    condition: Condition = Absent()
    if now is not None:
        condition = Exact({DIGEST: {"S": now}, INFO: None})
    change = Change(condition=condition, set={DIGEST: {"S": wanted}})
    answer = await insist(
        keeper,
        "UpdateItem",
        lambda end: keeper.store.write(place, change, deadline=end),
        timeout,
    )
    if not isinstance(answer, Refused):
        return
    row = answer.row
    found = None if row is None else _digest_in(keeper, place, row)
    if found != wanted:  # else an earlier attempt has written it
        problem = f"it has changed from {now} to {found} meanwhile: look again"
        raise _mismatch(keeper, place, problem)


def _checked(md5: object) -> str:
    text = md5.lower() if isinstance(md5, str) else ""
    if not _MD5.fullmatch(text):
        problem = f"{md5!r} is no MD5: give 32 hexadecimal digits, as md5sum prints"
        raise InvalidArgumentError("md5", problem)
    return text


def _digest_in(keeper: Keeper, place: Place, row: Row) -> str:
    if INFO in row:
        problem = "this row is the lock of a state, not the digest of another"
        raise _mismatch(keeper, place, problem)
    value: Any = row.get(DIGEST)
    text = cast("dict[str, Any]", value).get("S") if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise _mismatch(keeper, place, "the row has no digest that is a string")
    return text


def _mismatch(keeper: Keeper, place: Place, problem: str) -> LockMismatchError:
    table = keeper.settings.table
    return LockMismatchError(f"{place}: {problem}", key=place.key, table=table)
