"""Which tables the services behind the settings see, and when.

Time to live, recovery, tags, policies and the like are services of their own: they
learn of a table a little after CreateTable and forget it soon after DeleteTable, both
while DescribeTable shows it. To them a table that is being restored does not exist. As
measured on AWS; so "not found" from one of them does not mean that a table is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .refusals import ServiceFault, key_disabled, no_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from .account import Account
    from .tables import Table

F = TypeVar("F")

_DELETED = "deleted-at"
_ACTIVE = "active-since"
_RESTORE = "RestoreSummary"


def kept(features: dict[str, Any], name: str, make: Callable[[], F]) -> F:
    """Return what a feature keeps, made when it is first asked for."""
    if name not in features:
        features[name] = make()
    found: F = features[name]
    return found


def seen(
    account: Account,
    subject: str,
    *,
    missing: Callable[[str], ServiceFault] = no_table,
    forgets: bool = False,
) -> Table:
    """Return a table as the service behind a setting sees it.

    Args:
        account: whose.
        subject: the name or ARN of the table.
        missing: makes the refusal, from the name.
        forgets: whether the service forgets a DELETING table before DescribeTable does.

    Raises:
        ServiceFault: it does not see the table: not yet, no longer, or there is none.
    """
    name = account.name_of(subject)
    table = account.settled(name)
    if table is None or _hidden(account, table, forgets=forgets):
        raise missing(name)
    return table


def is_restoring(table: Table) -> bool:
    """Tell whether a table is being restored: only DescribeTable knows it then."""
    return _RESTORE in table.extra


def check_key(table: Table) -> None:
    """Refuse what needs the key of a table that has lost it.

    Raises:
        ServiceFault: ValidationException, with what the key service says.
    """
    if table.affliction is not None and table.encryption_key is not None:
        raise key_disabled(table.encryption_key)


def active_since(table: Table) -> float | None:
    """Return when the table first became ACTIVE, in seconds; None while CREATING."""
    since: float | None = table.features.get(_ACTIVE)
    return since


def note_active(table: Table, ended: float) -> None:
    """Remember when a table became ACTIVE."""
    table.features[_ACTIVE] = ended


def note_deletion(account: Account, table: Table) -> None:
    """Remember when the deletion of a table began."""
    table.features[_DELETED] = account.now


def no_backups_table(name: str) -> ServiceFault:
    """Return what backups, recovery and exports say of a table they do not see."""
    return ServiceFault("TableNotFoundException", f"Table not found: {name}")


def _hidden(account: Account, table: Table, *, forgets: bool) -> bool:
    if table.status == "CREATING":
        young = account.now - table.began < account.durations.settings_lag
        return young or is_restoring(table)
    deleted: float | None = table.features.get(_DELETED)
    if deleted is None or not forgets:
        return False
    return account.now - deleted >= account.durations.settings_gone
