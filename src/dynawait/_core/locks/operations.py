"""What users ask of a lock client: the core of the methods of both faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ...errors import ChangeError, InvalidArgumentError, ServiceError
from ...locks.keys import checked_key
from ...locks.outcomes import ReleaseOutcome
from ...locks.records import LockRecord
from . import assess as _assess
from . import looking
from . import permissions as _permissions
from . import table_check as _table_check
from .arguments import (
    checked_callback,
    checked_count,
    checked_data,
    checked_seconds,
    checked_wait,
)
from .beating import renew as _renew
from .contender import Request
from .keeper import LONGEST
from .permissions import CHECK_TIMEOUT, PROBE_KEY
from .release import RELEASE_TIMEOUT
from .several import release_each, worst_of
from .store import Place
from .table_check import MOST_ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...events import Observer
    from ...locks.assessments import LockAssessment, OwnerProbe
    from ...locks.reports import PermissionReport, TableReport
    from ...plans import ChangeResult
    from ...polling import Polling
    from ...states import TableState
    from .desk import Desk, L

_UNKNOWN = "UnknownOperationException"


def request_of(
    desk: Desk[L],
    key: str,
    sort_key: str | None = None,
    *,
    lease: float | None = None,
    wait: float | None = None,
    data: bytes | str | None = None,
    on_lost: Callable[[L], object] | None = None,
) -> Request:
    """Return what is asked for, checked before any call.

    Raises:
        InvalidArgumentError: an argument cannot be right.
    """
    dialect = desk.options.dialect
    if dialect.acquire is None:
        problem = f"locks of the dialect {dialect.name} are only read"
        raise InvalidArgumentError("dialect", problem)
    place = Place(key, sort_key)
    desk.store.address(place)
    seconds, heartbeat = desk.options.lease_of(lease)
    checked_callback("on_lost", on_lost, "one Lease")
    # Some dialects can carry certain data only.
    dialect.acquire(desk.keeper.holding("", min(seconds, LONGEST), checked_data(data)))
    return Request(place, seconds, checked_wait(wait), heartbeat, data)


async def renew(desk: Desk[L], lease: L) -> L:
    """Send a sign of life now, trying until the lease ends.

    Args:
        lease: what was acquired.

    Returns:
        The same lease, which is valid for longer now.

    Raises:
        LockLostError: it is lost, or was given back.
        InvalidArgumentError: it is not a lease of this client.
        ServiceError: the call was refused for good.
    """
    for grant in desk.grants_of(lease):
        await _renew(desk.keeper, grant)
    return lease


async def release(desk: Desk[L], lease: L) -> ReleaseOutcome:
    """Give a lock back, or hand it on to the next task of this client.

    It is not interrupted by a cancellation, and takes no longer than ten seconds.

    Args:
        lease: what was acquired.

    Returns:
        What happened; *already lost* for a lease that was given back before.

    Raises:
        InvalidArgumentError: it is not a lease of this client.
        ServiceError: the call was refused for good.
    """
    return await release_several(desk, (lease,))


async def release_several(desk: Desk[L], leases: tuple[L, ...]) -> ReleaseOutcome:
    """Give several leases back, and tell of each what became of it."""
    grants = [grant for lease in leases for grant in desk.grants_of(lease)]
    if all(grant.given_back for grant in grants):
        return ReleaseOutcome.ALREADY_LOST
    told = [
        lease
        for lease in leases
        if not all(grant.given_back for grant in desk.grants_of(lease))
    ]
    try:
        outcomes = await desk.door.shielded(
            release_each(desk.keeper, grants), 2 * RELEASE_TIMEOUT
        )
        of_grant = dict(zip(grants, outcomes, strict=True))
        for lease in told:
            found = [of_grant[grant] for grant in desk.grants_of(lease)]
            desk.tell_over(lease, worst_of(found))
        return worst_of(outcomes)
    finally:
        await desk.settle(*grants)


async def inspect(
    desk: Desk[L], key: str, *, sort_key: str | None = None
) -> LockRecord | None:
    """Read a lock, without touching it.

    Args:
        key: the key of the lock.
        sort_key: the value of its sort key, in a table that has one.

    Returns:
        What the row says, readable or not; None when there is none.

    Raises:
        InvalidArgumentError: a key that DynamoDB would refuse.
        ServiceError: the call was refused for good.
    """
    place = Place(key, sort_key)
    desk.store.address(place)
    return await looking.inspect(desk.keeper, place)


def records(desk: Desk[L]) -> looking.Pages[LockRecord]:
    """Read all locks of the table, whatever rows there are.

    Returns:
        An iterator of what the rows say, readable or not.

    Raises:
        ServiceError: the call was refused for good.
    """
    return looking.Pages(lambda after: looking.records(desk.keeper, after))


async def assess(
    desk: Desk[L],
    key: str,
    *,
    sort_key: str | None = None,
    observe: float = 0.0,
    is_owner_alive: OwnerProbe | None = None,
) -> LockAssessment:
    """Tell whether a lock is held or left behind, and what that rests on.

    Nothing is changed.

    Args:
        key: the key of the lock.
        sort_key: the value of its sort key, in a table that has one.
        observe: for how long to watch it at the most, in seconds.
        is_owner_alive: tells of a record whether its owner lives; None: unknown.

    Raises:
        InvalidArgumentError: a key that DynamoDB would refuse.
        ServiceError: the call was refused for good.
    """
    place = Place(key, sort_key)
    desk.store.address(place)
    checked_seconds("observe", observe)
    checked_callback("is_owner_alive", is_owner_alive, "one LockRecord")
    return await _assess.assess(
        desk.keeper, place, observe=observe, is_owner_alive=is_owner_alive
    )


async def force_release(desk: Desk[L], record: LockRecord) -> bool:
    """Free a lock of somebody else, if it is still exactly as it was read.

    Args:
        record: what `inspect` or `records` returned.

    Returns:
        Whether it was freed; not if it was no longer exactly this record.

    Raises:
        InvalidArgumentError: it is no record of this client's dialect, or that of a
            digest of Terraform's.
        ServiceError: the call was refused for good.
    """
    given: Any = record
    if not isinstance(given, LockRecord):
        problem = f"expected what inspect or records returned, got {record!r:.99}"
        raise InvalidArgumentError("record", problem)
    if record.dialect != desk.options.dialect.name or record.kind != "lock":
        problem = (
            f"a {record.kind} of the dialect {record.dialect}, and this client speaks "
            f"{desk.options.dialect.name} and frees locks"
        )
        raise InvalidArgumentError("record", problem)
    return await _assess.force_release(desk.keeper, record)


async def ensure_table(
    desk: Desk[L],
    *,
    timeout: float | None = 600.0,
    polling: Polling | None = None,
    on_event: Observer | None = None,
) -> TableState:
    """Create the table of the locks unless it is there, and wait until it can be used.

    It is made on-demand, with time to live where the dialect has it and the server
    knows of it, as not all that stand in for DynamoDB do. A table that exists must have
    the right keys; how it is paid for is left as it is.

    Args:
        timeout: the budget of the whole call, in seconds; None: for ever.
        polling: how often to look.
        on_event: whom to tell; any callable that takes an `Event`.

    Returns:
        The table's state.

    Raises:
        TableConflictError: the table exists and has other keys.
        ChangeTimeoutError: the time was up; DynamoDB goes on with what was sent.
        ChangeError: it was refused.
    """
    from ..safe_tables import safe_create_table

    options, door = desk.options, desk.door
    names = options.dialect.key_names(*options.settings.names)
    keys = [name for name in names if name is not None]
    started = door.now()
    created = await safe_create_table(
        door,
        ignore=("BillingMode",),
        timeout=timeout,
        polling=polling,
        on_event=on_event,
        TableName=options.table,
        KeySchema=[
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in keys
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    if options.dialect.expiry is not None:
        left = None if timeout is None else max(0.0, started + timeout - door.now())
        await _let_rows_expire(desk, options.dialect.expiry, left, polling, on_event)
    state = cast("ChangeResult", created).table
    return cast("TableState", state)


async def _let_rows_expire(
    desk: Desk[L],
    attribute: str,
    timeout: float | None,
    polling: Polling | None,
    on_event: Observer | None,
) -> None:
    """Enable time to live, where the server knows of it."""
    from ..safe_settings import safe_update_time_to_live

    try:
        await safe_update_time_to_live(
            desk.door,
            timeout=timeout,
            polling=polling,
            on_event=on_event,
            TableName=desk.options.table,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": attribute},
        )
    except ChangeError as error:
        cause = error.__cause__
        if not (isinstance(cause, ServiceError) and cause.code == _UNKNOWN):
            raise
        text = "this server knows no time to live: rows of locks that nobody uses stay"
        desk.tell("lock.warned", text)


async def check_permissions(
    desk: Desk[L], *, key: str = PROBE_KEY, timeout: float = CHECK_TIMEOUT
) -> PermissionReport:
    """Try every call that this client makes, and change nothing.

    Each write has a condition that cannot hold: where it is permitted, the condition
    refuses it, and where it is not, AWS does so before it looks at the condition.

    Args:
        key: the key that the calls name. Where a policy permits only some keys
            (``dynamodb:LeadingKeys``), one of them.
        timeout: for how long the calls are tried again, in seconds.

    Returns:
        What is permitted and what is missing, ``"dynamodb:DeleteItem"``.

    Raises:
        InvalidArgumentError: a key that DynamoDB would refuse.
        ServiceError: a call was refused for another reason, or there was no answer in
            time.
    """
    options = desk.options
    return await _permissions.check_permissions(
        desk.door,
        options.table,
        options.dialect,
        names=options.settings.names,
        key=checked_key("key", key),
        timeout=checked_seconds("timeout", timeout),
    )


async def check_table(
    desk: Desk[L], *, most_rows: int = MOST_ROWS, timeout: float = CHECK_TIMEOUT
) -> TableReport:
    """Look at the table's key, time to live, replicas and billing, and at its rows.

    Args:
        most_rows: how many rows are read at the most; 0: none.
        timeout: for how long the calls are tried again, in seconds.

    Returns:
        What makes locks in it fail, vanish or exclude nobody.

    Raises:
        ServiceError: a call was refused for good, or there was no answer in time.
    """
    options = desk.options
    return await _table_check.check_table(
        desk.door,
        options.table,
        options.dialect,
        names=options.settings.names,
        allow_global_table=options.allow_global_table,
        most_rows=checked_count("most_rows", most_rows, 0, None),
        timeout=checked_seconds("timeout", timeout),
    )
