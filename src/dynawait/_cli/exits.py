"""Exit codes, and which error ends in which."""

from __future__ import annotations

from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from ..errors import (
    ChangeTimeoutError,
    DynawaitError,
    ImpossibleError,
    InvalidArgumentError,
    LockTimeoutError,
    OutcomeUnknownError,
    PlanError,
    TableGoneError,
    WaitTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import TypeAlias

    Kinds: TypeAlias = tuple[type[BaseException], ...]


class ExitCode(IntEnum):
    """What the command line tells the shell."""

    REACHED = 0
    ERROR = 1
    USAGE = 2
    IMPOSSIBLE = 3
    TIMED_OUT = 4
    PENDING = 5
    UNKNOWN = 6
    INTERRUPTED = 130


class CommandError(Exception):
    """A command ends without what was asked for, for a reason of its own."""

    def __init__(
        self, message: str, code: int = ExitCode.ERROR, *, hint: str = ""
    ) -> None:
        """Say why.

        Args:
            message: a sentence for people.
            code: the exit code.
            hint: how to go on.
        """
        super().__init__(message)
        self.code = code
        self.hint = hint


class Interrupted(KeyboardInterrupt):
    """A signal that asks the process to end: it ends as it does after Ctrl-C."""


AGAIN = "Run the same command again."
GOES_ON = "Run the same command again: it goes on where this ended."


@contextmanager
def interruptible(how: str = AGAIN, *notes: str) -> Generator[None]:
    """Let an interruption of the block say more.

    Args:
        how: how to go on; empty: there is nothing to go on with.
        notes: what is known of it.
    """
    try:
        yield
    except KeyboardInterrupt as interruption:
        told: Any = interruption
        if not hasattr(told, "how"):  # the inner block knows better
            told.how = how
        for note in notes:
            told.add_note(note)
        raise


def how_to_go_on(interruption: BaseException) -> str:
    """Return the sentence that says how to go on after an interruption."""
    return str(getattr(interruption, "how", AGAIN))


_CODES: tuple[tuple[Kinds, ExitCode], ...] = (
    ((WaitTimeoutError, ChangeTimeoutError, LockTimeoutError), ExitCode.TIMED_OUT),
    ((ImpossibleError, TableGoneError), ExitCode.IMPOSSIBLE),
    ((OutcomeUnknownError,), ExitCode.UNKNOWN),
    ((InvalidArgumentError, PlanError), ExitCode.USAGE),
    ((KeyboardInterrupt,), ExitCode.INTERRUPTED),
)


def code_of(error: BaseException) -> int:
    """Return the exit code that an error ends in."""
    if isinstance(error, CommandError):
        return error.code
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            return code
    return ExitCode.ERROR


def is_expected(error: BaseException) -> bool:
    """Tell whether an error explains itself, so that no traceback is needed."""
    return isinstance(error, (DynawaitError, CommandError)) or type(
        error
    ).__module__ in (
        "botocore.exceptions",
        "boto3.exceptions",
    )
