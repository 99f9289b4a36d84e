"""What a lock client is told when it is made, checked before any call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, Literal

from ...errors import InvalidArgumentError
from ...locks.dialects import Holding, check_lease, dialect_named
from ..subject import checked_table
from .arguments import checked_callback, checked_flag, checked_name, checked_number
from .keeper import Settings
from .observing import check_export
from .rhythm import HOLDS, SINCE
from .store import LINE
from .timing import BEATS_A_LEASE, Tolerance

if TYPE_CHECKING:
    from typing import TypeAlias

    from ...events import Observer
    from ...locks.dialects import Dialect
    from ...locks.records import DialectName
    from .keeper import Fairness

    Heartbeat: TypeAlias = float | Literal["auto"] | None

_FAIRNESS = ("barging", "bounded", "fifo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a lock client is set up, the same for both faces.

    Attributes:
        table: the table's name or ARN.
        settings: what the protocol needs to know.
        lease: the usual lease, in seconds.
        heartbeat: seconds between heartbeats; *auto*: a part of the lease; None: the
            caller renews.
        allow_global_table: whether a table with replicas will do.
        observed: what another client has exported, if anything.
        on_event: whom to tell.
    """

    table: str
    settings: Settings
    lease: float
    heartbeat: Heartbeat
    allow_global_table: bool
    observed: str | None
    on_event: Observer | None

    @property
    def dialect(self) -> Dialect:
        """How rows are laid out."""
        return self.settings.dialect

    def lease_of(self, lease: float | None) -> tuple[float, float | None]:
        """Return a lease and its heartbeat; endless where nobody beats.

        Raises:
            InvalidArgumentError: they cannot work.
        """
        if self.dialect.beat is None:
            return inf, None
        wanted = self.lease if lease is None else checked_number("lease", lease)
        check_lease(wanted)
        beat = self.heartbeat
        heartbeat = wanted / BEATS_A_LEASE if beat == "auto" else beat
        self.settings.tolerance.check(wanted, heartbeat)
        return wanted, heartbeat


def checked_options(
    table: str,
    *,
    owner: str,
    acquired_by: str | None,
    dialect: DialectName,
    names: tuple[str | None, str | None],
    lease: float,
    heartbeat: Heartbeat,
    fairness: Fairness,
    trust_service_time: bool,
    delete_on_release: bool,
    allow_global_table: bool,
    observed: str | None,
    on_event: Observer | None,
) -> Options:
    """Return the options of a client.

    Raises:
        InvalidArgumentError: one of them cannot be right.
    """
    checked_table(table)
    checked_name("owner", owner)
    if fairness not in _FAIRNESS:
        problem = f"{fairness!r} is none of {', '.join(_FAIRNESS)}"
        raise InvalidArgumentError("fairness", problem)
    checked_callback("on_event", on_event, "one Event")
    for argument, flag in (
        ("trust_service_time", trust_service_time),
        ("delete_on_release", delete_on_release),
        ("allow_global_table", allow_global_table),
    ):
        checked_flag(argument, flag)
    if observed is not None:
        check_export(observed)
    if heartbeat is not None and heartbeat != "auto":
        checked_number("heartbeat", heartbeat)
    spoken = dialect_named(dialect)
    _check_keys(spoken, names)
    options = Options(
        table=table,
        settings=Settings(
            owner=owner,
            dialect=spoken,
            tolerance=Tolerance(),
            fairness=fairness,
            trust_service_time=trust_service_time,
            delete_on_release=delete_on_release,
            acquired_by=acquired_by,
            names=names,
            table=table,
        ),
        lease=checked_number("lease", lease),
        heartbeat=heartbeat,
        allow_global_table=allow_global_table,
        observed=observed,
        on_event=on_event,
    )
    options.lease_of(None)
    return options


def _check_keys(dialect: Dialect, names: tuple[str | None, str | None]) -> None:
    """Refuse names of keys that cannot be, or that the rows need for something else."""
    found = dialect.key_names(*names)
    taken = {*dialect.identity, *dialect.released_mark, *_written(dialect)}
    for argument, given, name in zip(
        ("partition_key", "sort_key"), names, found, strict=True
    ):
        if given is not None:
            checked_name(argument, given)
        if name in taken:
            problem = f"{name!r} is an attribute of the dialect {dialect.name}"
            raise InvalidArgumentError(argument, problem)
    if found[0] == found[1]:
        problem = f"{found[1]!r} is the partition key already"
        raise InvalidArgumentError("sort_key", problem)


def _written(dialect: Dialect) -> set[str]:
    """Return the attributes that this library may write into a row."""
    named = {name for name in (dialect.owner, dialect.token, dialect.expiry) if name}
    if dialect.acquire is None or dialect.beat is None:
        return named
    now = datetime.now(UTC)
    everything = Holding(
        owner="x",
        lease=1.0,
        version="x",
        data=b"x",
        heartbeat_at=now,
        expires_at=now,
        acquired_by="x",
    )
    hints = {LINE, SINCE, HOLDS}
    return {*named, *hints, *dialect.acquire(everything).set}
