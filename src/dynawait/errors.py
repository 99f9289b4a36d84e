"""Every exception that dynawait raises.

::

    DynawaitError
      InvalidArgumentError     also ValueError: refused before the first call
      UnreadableResponseError  also ValueError: not what the operation returns
      WaitError
        WaitTimeoutError       also TimeoutError
        ImpossibleError
        TableGoneError
      ServiceError

They keep the error of the client as ``__cause__``, hold their facts as attributes, and
survive `pickle` and `copy.deepcopy` with all of them, the cause included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .states import State


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
