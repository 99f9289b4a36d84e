"""One run of the command line, from its arguments to its exit code."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import click

from .app import app
from .endings import say_failed, say_interrupted, say_usage
from .exits import ExitCode, Interrupted
from .output import silence
from .settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from .output import Output


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code.

    Args:
        arguments: the command line, without the name of the program.
    """
    _open_closed()
    settings = Settings()
    _end_on_signals()
    try:
        code = _run(settings, arguments)
    finally:
        _flush()
    return _unless_lost(settings.output, code)


def _run(settings: Settings, arguments: Sequence[str]) -> int:
    """Run a command, say what went wrong, and return the exit code."""
    try:
        code = app.main(
            list(arguments), "dynawait", standalone_mode=False, obj=settings
        )
    except click.ClickException as error:
        return say_usage(settings.output, error)
    except (KeyboardInterrupt, click.Abort) as error:
        return say_interrupted(settings.output, error)
    except Exception as error:  # noqa: BLE001 - the program ends here
        context = error.__context__
        if isinstance(error, OSError) and isinstance(context, KeyboardInterrupt):
            # click could not end the line on a terminal that is gone
            return say_interrupted(settings.output, context)
        return say_failed(settings.output, error)
    return code if isinstance(code, int) else ExitCode.REACHED


def _open_closed() -> None:
    """Let standard streams that are closed lead nowhere.

    The next file or connection would get their numbers, and what is written there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - takes no keywords


def _unless_lost(output: Output, code: int) -> int:
    """Return the exit code; a result that could not be written is an error."""
    if output.lost is None:
        return code
    output.complain(f"Error: the result could not be written: {output.lost}")
    return code or ExitCode.ERROR


def _end_on_signals() -> None:
    """Let the signals that ask for an end do what Ctrl-C does."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, _: FrameType | None) -> None:
    raise Interrupted(signal.Signals(number).name)


def _flush() -> None:
    """Write out what is left, where there is still a reader."""
    for stream in (sys.stdout, sys.stderr):
        output: Any = stream
        try:
            output.flush()
        except (OSError, ValueError, AttributeError):
            if output is not None:
                silence(output)
