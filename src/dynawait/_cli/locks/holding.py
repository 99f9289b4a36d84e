"""A lock that is held while a command runs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any

from ...errors import LockLostError, LockTimeoutError, ServiceError
from ...locks.outcomes import ReleaseOutcome
from ..children import Mailbox, supervise
from ..exits import AGAIN, interruptible
from ..meanwhile import meanwhile
from ..output import one_line
from ..progress import progress
from ..spans import spell
from .observed import notebook_at
from .table import client_of, tell_of_locks

if TYPE_CHECKING:
    from ...locks.records import DialectName
    from ...sync.locks import Lease, LockClient
    from ..children import Ending
    from ..settings import Settings
    from .table import Table

NOT_STARTED = "The command was not started."
_WAIT = 60.0
_CREATE = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; spans are in seconds.

    Attributes:
        key: the lock.
        line: the command.
        lock_table: the table, as it was named.
        dialect: how its rows are laid out; None: find out.
        sort_key: the lock's sort key.
        lease: for how long a sign of life counts.
        wait: for how long to wait; infinity: for ever; None: as `--timeout` says.
        grace: from SIGTERM to SIGKILL, when the lock is lost.
        owner: what the row calls us; None: host and process.
        trust_service_time: whether the time in a row is believed.
        observations: the file of what was seen.
        create_table: whether to create the table.
        allow_global_table: whether it may have replicas.
    """

    key: str
    line: tuple[str, ...]
    lock_table: str
    dialect: DialectName | None
    sort_key: str | None
    lease: float
    wait: float | None
    grace: float
    owner: str | None
    trust_service_time: bool
    observations: str | None
    create_table: bool
    allow_global_table: bool

    def patience(self, settings: Settings) -> float | None:
        """Return for how long to wait for the lock; None: for ever."""
        if self.wait is None:
            return settings.budget(_WAIT)
        return None if isinf(self.wait) else self.wait

    def environment(self, **facts: str) -> dict[str, str]:
        """Return what the command finds in its environment."""
        told = {"KEY": self.key, "TABLE": self.lock_table, **facts}
        return {f"DYNAWAIT_LOCK_{name}": value for name, value in told.items()}


def create(settings: Settings, table: Table) -> None:
    """Create the table of the locks unless it is there.

    Raises:
        ChangeError: it was refused, or there is another one of that name.
    """
    locks = client_of(settings, table)
    with progress(settings) as tell:
        locks.ensure_table(timeout=settings.budget(_CREATE), on_event=tell)


def hold(settings: Settings, table: Table, asked: Asked) -> Ending:
    """Run a command under a lock that has a lease.

    Raises:
        LockTimeoutError: the lock was not obtained, and nothing was started.
        LockLostError: it was lost while the command ran.
        CommandError: the command could not be started.
    """
    locks = _client(settings, table, asked)
    with Mailbox() as mailbox, ExitStack() as stack:
        with interruptible(AGAIN, NOT_STARTED):
            lease = _acquire(settings, locks, asked, mailbox)
        lost: LockLostError | None = None
        try:
            # To the end of the release: whoever ends us ends the command first.
            stack.enter_context(mailbox.signals())
            ending = supervise(
                asked.line,
                asked.environment(TOKEN=str(lease.fencing_token)),
                mailbox,
                is_over=lambda: _is_lost(settings, asked, lease),
                grace=asked.grace,
            )
            lost = _loss(lease)
        finally:
            freed = _release(settings, locks, lease)
        if lost is None and freed is ReleaseOutcome.ALREADY_LOST:
            lost = _stolen(asked, lease)
        record_hold(settings, asked, ending, freed.value, lease.fencing_token)
        if lost is not None:
            lost.add_note(how_it_went(ending))
            raise lost
        return ending


def _client(settings: Settings, table: Table, asked: Asked) -> LockClient:
    return client_of(
        settings,
        table,
        notebook=notebook_at(asked.observations),
        owner=asked.owner,
        lease=asked.lease,
        trust_service_time=asked.trust_service_time,
        allow_global_table=asked.allow_global_table,
        on_event=tell_of_locks(settings),
    )


def _acquire(
    settings: Settings, locks: LockClient, asked: Asked, mailbox: Mailbox
) -> Lease:
    """Acquire the lock, and say who is waited for."""
    wait = asked.patience(settings)

    def on_lost(_: Lease) -> None:
        mailbox.post()

    facts: dict[str, Any] = {"sort_key": asked.sort_key, "on_lost": on_lost}
    try:
        try:
            return locks.acquire(asked.key, wait=0, **facts)
        except LockTimeoutError as error:
            if wait == 0:
                raise
            left = None if wait is None else max(0.0, wait - error.waited)
            holder = None if error.holder is None else error.holder.owner
        with meanwhile(settings.output, waiting_for(asked.key, holder, wait)):
            return locks.acquire(asked.key, wait=left, **facts)
    except LockTimeoutError as error:
        error.add_note(NOT_STARTED)
        notebook = notebook_at(asked.observations)
        if notebook is not None:
            notebook.write(locks)
        raise


def waiting_for(key: str, holder: str | None, wait: float | None) -> str:
    """Say who has the lock, and for how long we wait."""
    by = "somebody" if holder is None else holder
    span = "as long as it takes" if wait is None else f"up to {spell(wait)}"
    return one_line(f"{key} is held by {by}: waiting for {span}")


def _is_lost(settings: Settings, asked: Asked, lease: Lease) -> bool:
    if lease.lost is None:
        return False
    settings.output.complain(
        f"{asked.key}: the lock is lost, so the command is ended (SIGTERM, and SIGKILL "
        f"after {asked.grace:g} s)"
    )
    return True


def _loss(lease: Lease) -> LockLostError | None:
    try:
        lease.check()
    except LockLostError as error:
        return error
    return None


def _stolen(asked: Asked, lease: Lease) -> LockLostError:
    return LockLostError(
        key=asked.key,
        table=asked.lock_table,
        reason="stolen",
        fencing_token=lease.fencing_token,
    )


def how_it_went(ending: Ending) -> str:
    """Say how the command had ended when the lock turned out to be lost."""
    if ending.forced:
        return "The command was ended before it was done."
    return f"The command had ended by itself by then, with {ending.code}."


def _release(settings: Settings, locks: LockClient, lease: Lease) -> ReleaseOutcome:
    """Give the lock back; that it fails is told, and changes no exit code."""
    try:
        return locks.release(lease)
    except ServiceError as error:
        settings.output.complain(
            f"{lease.key}: it could not be released ({error}): it ends with its lease"
        )
        return ReleaseOutcome.UNCONFIRMED


def record_hold(
    settings: Settings,
    asked: Asked,
    ending: Ending,
    outcome: str,
    token: int | None = None,
) -> None:
    """Tell machines how it went."""
    settings.output.record(
        "hold",
        key=asked.key,
        fencing_token=token,
        outcome=outcome,
        exit=ending.code,
        signal=ending.signal,
    )
