"""Every exception that dynawait raises.

::

    DynawaitError
      InvalidArgumentError     also ValueError: refused before the first call
      UnreadableResponseError  also ValueError: not what the operation returns
      WaitError
        WaitTimeoutError       also TimeoutError
        ImpossibleError
        TableGoneError
      ChangeError
        ChangeTimeoutError     also TimeoutError
        PlanError              also ValueError: refused before the first call
        QuotaError
        TableConflictError
        IndexConflictError
        OutcomeUnknownError
        QueueClosedError
      LockError
        LockTimeoutError       also TimeoutError
        LockLostError
        LockMismatchError
        UnreadableLockError
        GlobalTableLockError
      ServiceError

They keep the error of the client as ``__cause__``, hold their facts as attributes, and
survive `pickle` and `copy.deepcopy` with all of them, the cause included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from .changes import CreateIndex, CreateVectorIndex
    from .events import Writer
    from .locks.records import LockRecord
    from .plans import Plan, Step
    from .states import IndexState, State, TableState, VectorIndexState

    LostReason: TypeAlias = Literal["stolen", "deleted", "expired", "released"]


class DynawaitError(Exception):
    """The root of all errors of this library."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what rebuilds the error with its facts and its cause."""
        cause = None if self.__cause__ is None else _portable(self.__cause__)
        return _rebuild, (type(self), self.args, self.__dict__, cause)


def _rebuild(
    kind: type[DynawaitError],
    arguments: tuple[Any, ...],
    facts: dict[str, Any],
    cause: BaseException | None,
) -> DynawaitError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(facts)
    error.__cause__ = cause
    return error


def _portable(cause: BaseException) -> BaseException:
    """Return the cause, or a plain stand-in where its class cannot be pickled."""
    if isinstance(cause, DynawaitError):
        return cause
    import pickle

    try:
        pickle.loads(pickle.dumps(cause))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - a foreign __reduce__ may raise anything
        return RuntimeError(repr(cause))
    return cause


class InvalidArgumentError(DynawaitError, ValueError):
    """An argument cannot be right, whatever the table looks like.

    Attributes:
        argument: its name.
        problem: what is wrong with it and what would be right.
    """

    def __init__(self, argument: str, problem: str) -> None:
        """Build the message from the argument's name and its problem."""
        super().__init__(f"{argument}: {problem}")
        self.argument = argument
        self.problem = problem


class UnreadableResponseError(DynawaitError, ValueError):
    """What came back is not what the operation returns.

    Attributes:
        where: the member that cannot be read, ``"Table.GlobalSecondaryIndexes[0]"``.
        problem: what was expected there and what was found.
    """

    def __init__(self, where: str, problem: str) -> None:
        """Build the message from the place and its problem."""
        super().__init__(f"cannot read the response: {where}: {problem}")
        self.where = where
        self.problem = problem


class WaitError(DynawaitError):
    """A wait has ended without what it waited for.

    Attributes:
        table: the table, or the ARN of the backup, export or import.
        state: what was seen last; None when nothing was seen.
        elapsed: how long the wait took, in seconds.
        polls: how many times it looked.
    """

    def __init__(
        self,
        message: str,
        *,
        table: str,
        state: State | None,
        elapsed: float,
        polls: int,
    ) -> None:
        """Take a finished message and the facts."""
        super().__init__(message)
        self.table = table
        self.state = state
        self.elapsed = elapsed
        self.polls = polls


class WaitTimeoutError(WaitError, TimeoutError):
    """The time was up before the condition held.

    When the last looks failed, the last failure is the ``__cause__``.

    Attributes:
        pending: what was still waited for, a sentence each.
    """

    def __init__(
        self,
        *,
        table: str,
        awaited: str,
        pending: Iterable[str],
        timeout: float,
        state: State | None,
        elapsed: float,
        polls: int,
        trouble: str | None = None,
    ) -> None:
        """Say what was awaited, what was last seen, for how long and how often."""
        self.pending: tuple[str, ...] = tuple(pending)
        nothing = "nothing was seen" + (
            ""
            if polls
            else ": no call was answered in time, or could be made under the rate cap"
        )
        last_seen = "; ".join(self.pending) or nothing
        message = (
            f"{table}: timed out after {elapsed:.1f} s (timeout={timeout:g}) waiting "
            f"for {awaited}; last seen in {_count(polls, 'poll')}: {last_seen}"
        )
        if trouble is not None:
            message += f"; the last call failed: {trouble}"
        super().__init__(
            message, table=table, state=state, elapsed=elapsed, polls=polls
        )


class ImpossibleError(WaitError):
    """The condition cannot come true, so the wait ended early.

    Raised too for what does not exist after the grace with ``missing="fail"``.

    Attributes:
        reasons: why, a sentence each, with AWS's own reason where it gave one.
        missing: what did not exist after the grace, ``"index by-email"``, where that
            was the reason.
    """

    def __init__(
        self,
        *,
        table: str,
        awaited: str,
        reasons: Iterable[str],
        state: State | None,
        elapsed: float,
        polls: int,
        missing: Iterable[str] = (),
    ) -> None:
        """Say what was awaited and why waiting longer cannot help."""
        self.reasons: tuple[str, ...] = tuple(reasons)
        self.missing: tuple[str, ...] = tuple(missing)
        super().__init__(
            f"{table}: {awaited} cannot come true: {'; '.join(self.reasons)} "
            f"(after {elapsed:.1f} s, {_count(polls, 'poll')})",
            table=table,
            state=state,
            elapsed=elapsed,
            polls=polls,
        )


class TableGoneError(WaitError):
    """What was seen is gone: deleted, or replaced by a new one of the same name.

    Attributes:
        gone: what, ``"table orders"`` or ``"index by-email"``.
    """

    def __init__(
        self,
        *,
        table: str,
        awaited: str,
        gone: str,
        reason: str,
        state: State | None,
        elapsed: float,
        polls: int,
    ) -> None:
        """Say what is gone, and what was awaited of it."""
        self.gone = gone
        super().__init__(
            f"{table}: {gone} {reason} while waiting for {awaited} "
            f"(after {elapsed:.1f} s, {_count(polls, 'poll')})",
            table=table,
            state=state,
            elapsed=elapsed,
            polls=polls,
        )


class ChangeError(DynawaitError):
    """A change has ended without what was asked for.

    Raised half-way too: `done`, `failed` and `left` say how far it came. To go on, run
    the same request again; what holds already is not sent again.

    Attributes:
        table: the table, or what else was to be changed.
        plan: what was planned at the first look; None when it came to none.
        done: the steps that had worked.
        failed: the step at which it ended; None when it was at none.
        left: the steps that were still to come.
        state: what was seen last; None when nothing was seen.
    """

    _AT = "failed"
    _HOW = "once that is mended, run the same request again: it goes on from here"

    def __init__(
        self,
        problem: str,
        *,
        table: str,
        plan: Plan | None = None,
        done: Iterable[Step] = (),
        failed: Step | None = None,
        left: Iterable[Step] = (),
        state: State | None = None,
    ) -> None:
        """Say what went wrong, and how far it had come."""
        super().__init__(problem)
        self.table = table
        self.problem = problem
        self.place(plan=plan, done=done, failed=failed, left=left, state=state)

    def place(
        self,
        *,
        plan: Plan | None,
        done: Iterable[Step],
        failed: Step | None,
        left: Iterable[Step],
        state: State | None,
    ) -> None:
        """Say how far the change had come, where that was not known before."""
        self.plan = plan
        self.done: tuple[Step, ...] = tuple(done)
        self.failed = failed
        self.left: tuple[Step, ...] = tuple(left)
        self.state = state
        told = [f"{self.table}: {self.problem}"]
        for words, steps in (
            ("done", self.done),
            (self._AT, () if self.failed is None else (self.failed,)),
            ("left", self.left),
        ):
            if steps:
                told.append(f"{words}: {', '.join(step.title for step in steps)}")
        if self.done or self.failed:
            told.append(self._HOW)
        self.args: tuple[Any, ...] = ("; ".join(told),)


class ChangeTimeoutError(ChangeError, TimeoutError):
    """The time was up before everything that was asked for was so.

    DynamoDB goes on with what was sent; run the same request again to wait for it.

    Attributes:
        writers: who else had changed the table when the next step was kept waiting by
            others, the newest call first; empty where no CloudTrail client was given,
            or CloudTrail named nobody.
    """

    _AT = "under way"
    _HOW = "run the same request again to wait for it"

    def __init__(
        self, problem: str, *, writers: Iterable[Writer] = (), **facts: Any
    ) -> None:
        """Say what it waited for, and who kept it waiting."""
        super().__init__(problem, **facts)
        self.writers: tuple[Writer, ...] = tuple(writers)


class PlanError(ChangeError, ValueError):
    """The request can never work, so nothing was sent.

    Attributes:
        problems: what is wrong with it and what would be right, a sentence each.
    """

    def __init__(self, problems: Iterable[str], *, table: str) -> None:
        """List everything that is wrong, not only the first."""
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("; ".join(self.problems), table=table)


class QuotaError(ChangeError):
    """A hard limit of DynamoDB was reached.

    Attributes:
        not_before: when it may be tried again; None when that is not known, or when
            waiting does not help.
    """

    def __init__(
        self, problem: str, *, not_before: datetime | None = None, **facts: Any
    ) -> None:
        """Say which limit, and from when on it may be tried again."""
        when = "" if not_before is None else f" (not before {not_before.isoformat()})"
        super().__init__(f"{problem}{when}", **facts)
        self.not_before = not_before


class TableConflictError(ChangeError):
    """A table of that name exists and is another one.

    Attributes:
        existing: the table that there is.
        wanted: the request.
        differences: how they differ, a sentence each.
    """

    def __init__(
        self,
        *,
        existing: TableState,
        wanted: Mapping[str, Any],
        differences: Iterable[str],
    ) -> None:
        """List every difference."""
        self.existing = existing
        self.wanted = wanted
        self.differences: tuple[str, ...] = tuple(differences)
        told = "; ".join(self.differences)
        super().__init__(
            f"the table exists and is not the one asked for: {told}",
            table=existing.name,
            state=existing,
        )


class IndexConflictError(ChangeError):
    """An index of that name exists and is another one.

    Attributes:
        existing: the index that there is.
        wanted: the index that was asked for.
        differences: how they differ, a sentence each.
    """

    def __init__(
        self,
        *,
        table: str,
        existing: IndexState | VectorIndexState,
        wanted: CreateIndex | CreateVectorIndex,
        differences: Iterable[str],
    ) -> None:
        """Show how the two differ."""
        self.existing = existing
        self.wanted = wanted
        self.differences: tuple[str, ...] = tuple(differences)
        told = "; ".join(self.differences)
        super().__init__(
            f"index {wanted.name} exists and is not the one asked for: {told}. "
            "Use another name, or ReplaceIndex",
            table=table,
        )


class OutcomeUnknownError(ChangeError):
    """A change was sent, and it cannot be told whether it took effect.

    Its answer was lost, and the time was up before a look could tell. Run the same
    request again: it finds out, and sends nothing that is so already.
    """

    _AT = "in doubt"
    _HOW = "run the same request again to find out"


class QueueClosedError(ChangeError):
    """The queue takes no more changes: it was closed, or has stopped at an error."""


class LockError(DynawaitError):
    """Something about a lock is not as it should be.

    Attributes:
        key: the lock's key, with its sort key after a slash where it has one.
        table: the table in which it lies.
    """

    def __init__(self, message: str, *, key: str, table: str = "") -> None:
        """Take a finished message and where the lock lies."""
        super().__init__(message)
        self.key = key
        self.table = table


class LockTimeoutError(LockError, TimeoutError):
    """The time was up before the lock could be had.

    Attributes:
        holder: the lock as it was last seen; None where it was not, because a task of
            the same client held it, or no call was answered.
        waited: for how long, in seconds.
    """

    def __init__(
        self, *, key: str, table: str, holder: LockRecord | None, waited: float
    ) -> None:
        """Say who held it, and for how long it was waited for."""
        self.holder = holder
        self.waited = waited
        by = "another task of this client, or nobody was seen"
        if holder is not None:
            by = repr(holder.owner) if holder.owner else "somebody without a name"
            if holder.acquired_by:
                by += f" ({holder.acquired_by})"
        super().__init__(
            f"{key}: not acquired in {waited:.1f} s; last seen held by {by}. "
            "Wait longer, or look at it with inspect and assess",
            key=key,
            table=table,
        )


class LockLostError(LockError):
    """A lease is over before it was released.

    Attributes:
        reason: *stolen* (another holds or has held it since), *deleted* (the row is
            gone, or was released by force), *expired* (not renewed in time) or
            *released* (its user gave it back, and asks for it all the same).
        fencing_token: the token of the lost lease; 0 where the dialect has none.
    """

    _WHY: ClassVar[Mapping[LostReason, str]] = {
        "stolen": "another client has taken it",
        "deleted": "its row was deleted, or released by force",
        "expired": "it could not be renewed in time",
        "released": "it was given back before",
    }

    def __init__(
        self, *, key: str, table: str, reason: LostReason, fencing_token: int = 0
    ) -> None:
        """Say how it was lost."""
        self.reason: LostReason = reason
        self.fencing_token = fencing_token
        lost = "not held any more" if reason == "released" else "lost"
        super().__init__(
            f"{key}: the lock is {lost}: {self._WHY[reason]}. What it protects may "
            "already be in other hands",
            key=key,
            table=table,
        )


class LockMismatchError(LockError):
    """The lock is not the one that was named, or not any more."""


class UnreadableLockError(LockError):
    """The row of the lock cannot be read, so nobody can tell whether it is held.

    Attributes:
        record: what could be read of it.
    """

    def __init__(self, *, key: str, table: str, record: LockRecord) -> None:
        """Say what is wrong with the row."""
        self.record = record
        super().__init__(
            f"{key}: the row cannot be read as a lock of the dialect "
            f"{record.dialect}: {record.problem}. Look whose it is, and use another "
            "key, or delete it",
            key=key,
            table=table,
        )


class GlobalTableLockError(LockError):
    """The table has replicas, so two Regions could both win a lock.

    Attributes:
        regions: the Regions of the replicas.
    """

    def __init__(self, *, table: str, regions: Iterable[str], key: str = "") -> None:
        """Name the Regions."""
        self.regions: tuple[str, ...] = tuple(regions)
        super().__init__(
            f"{table} has replicas in {', '.join(self.regions)}: writes of two "
            "Regions do not see each other in time, so both could win. Use a table "
            "without replicas, or allow_global_table=True where all clients are in "
            "one Region",
            key=key,
            table=table,
        )


class ServiceError(DynawaitError):
    """AWS, or the client on the way to it, said no, and it will not change its mind.

    Attributes:
        code: the error code, ``"AccessDeniedException"``; the name of the exception
            where the client failed before it had an answer.
        message: the text that came with it.
        operation: the operation, ``"DescribeTable"``.
        table: the table, or the ARN of the backup, export or import.
    """

    def __init__(
        self, *, code: str, message: str, operation: str, table: str, advice: str = ""
    ) -> None:
        """Say what was refused, in AWS's own words, and what may help."""
        text = f"{table}: {operation} was refused: {code}: {message or 'no message'}"
        super().__init__(f"{text.rstrip('.')}. {advice}" if advice else text)
        self.code = code
        self.message = message
        self.operation = operation
        self.table = table


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
