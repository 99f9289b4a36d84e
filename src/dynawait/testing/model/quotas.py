"""What an account may have, and may have under way, at one time.

Sources: developer guide, "Service quotas"; API reference, LimitExceededException. The
texts are those that AWS was seen to give, some of them years ago with other numbers;
the one about tables with indexes is known from its end alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .refusals import ServiceFault, limit_exceeded

if TYPE_CHECKING:
    from .account import Account
    from .tables import Index, Table

_MOST_UNITS = 40_000
_MOST_OF_ACCOUNT = 80_000
_MOVES = frozenset({"CREATING", "UPDATING", "DELETING"})
_REFER = (
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
    "request higher limits."
)


def admit_operation(account: Account, *, indexed: bool = False) -> None:
    """Refuse one more operation where too many tables move already.

    Args:
        account: where.
        indexed: whether it creates a table with indexes.

    Raises:
        ServiceFault: LimitExceededException.
    """
    limits = account.limits
    least = limits.simultaneous_with_indexes if indexed else limits.simultaneous
    if len(account.tables) < min(least, limits.simultaneous):
        return
    moving = [table for table in account.present() if table.status in _MOVES]
    if len(moving) >= limits.simultaneous:
        raise limit_exceeded(
            f"Only {limits.simultaneous} tables can be created, updated, or deleted "
            "simultaneously"
        )
    creating = sum(table.status == "CREATING" and _indexed(table) for table in moving)
    if indexed and creating >= limits.simultaneous_with_indexes:
        raise limit_exceeded(
            f"There is a limit of {limits.simultaneous_with_indexes} indexed tables "
            "that can be created simultaneously"
        )


def admit_table(account: Account) -> None:
    """Refuse one table more than the account may have."""
    most = account.limits.tables
    if len(account.tables) >= most and len(account.present()) >= most:
        raise limit_exceeded(f"There is a limit of {most} tables per subscriber")


def check_capacity(
    account: Account, units: tuple[int, int], *, index: str | None = None
) -> None:
    """Refuse more capacity than one table or index may have."""
    for kind, wanted in zip(("Read", "Write"), units, strict=True):
        if wanted <= _MOST_UNITS:
            continue
        named = "" if index is None else f" for index {index}"
        what = "table" if index is None else "index"
        raise ServiceFault(
            "LimitExceededException",
            f"The requested {kind}CapacityUnits{named}, {wanted}, is above the per "
            f"{what} maximum for the account in {account.region}. Per {what} maximum: "
            f"{_MOST_UNITS}. {_REFER}",
        )


def check_reserve(
    account: Account, more: tuple[int, int], less: tuple[int, int] = (0, 0)
) -> None:
    """Refuse more capacity than all tables of the account together may have.

    Args:
        account: where.
        more: the read and write units that are asked for.
        less: those that are given back for them.
    """
    for position, kind in enumerate(("Read", "Write")):
        wanted = more[position]
        if wanted <= less[position]:
            continue
        reserved = sum(_reserved(table)[position] for table in account.present())
        if reserved - less[position] + wanted <= _MOST_OF_ACCOUNT:
            continue
        raise ServiceFault(
            "LimitExceededException",
            f"This request would have caused the {kind}CapacityUnits limit to be "
            f"exceeded for the account in {account.region}. Current {kind}CapacityUnits"
            f" reserved by the account: {reserved}. Limit: {_MOST_OF_ACCOUNT}. "
            f"Requested: {wanted}. {_REFER}",
        )


def _reserved(table: Table) -> tuple[int, int]:
    holders: tuple[Table | Index, ...] = (table, *table.indexes.values())
    return (
        sum(holder.read for holder in holders),
        sum(holder.write for holder in holders),
    )


def _indexed(table: Table) -> bool:
    return bool(table.indexes or table.local_indexes or table.vectors)
