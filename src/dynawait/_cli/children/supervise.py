"""A command from its start to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .mailbox import PASSED_ON
from .program import not_started
from .sentinel import PATIENCE, Sentinel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .mailbox import Mailbox

_ON_WINDOWS = sys.platform == "win32"
_SIGNALLED = 128
"""What shells add to the number of the signal that has ended a command."""
# Nobody tells us there that a child has ended.
_TURN = 0.1 if _ON_WINDOWS else None
_NUMBERS = {getattr(signal, name, None) for name in PASSED_ON} - {None}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command has ended.

    Attributes:
        code: its exit code, or that of a shell for a signal: 128 and its number.
        signal: the number of the signal that has ended it; None: none has.
        forced: whether we have ended it.
    """

    code: int
    signal: int | None = None
    forced: bool = False


def supervise(
    command: Sequence[str],
    environment: Mapping[str, str],
    mailbox: Mailbox,
    *,
    is_over: Callable[[], bool] = lambda: False,
    grace: float = 0.0,
    started: Callable[[int], object] = lambda _: None,
) -> Ending:
    """Run a command to its end, and pass on to it what signals reach us alone.

    Args:
        command: the program and its arguments.
        environment: what is added to ours.
        mailbox: where signals end up, and who else wakes us.
        is_over: whether the command must end; asked whenever the mailbox has news.
        grace: how long it then has from SIGTERM to SIGKILL, in seconds.
        started: told its process ID.

    Raises:
        CommandError: it could not be started.
    """
    with Sentinel() as sentinel:
        try:
            child = subprocess.Popen(  # noqa: S603 - to run it is what was asked for
                list(command), env={**os.environ, **environment}
            )
        except OSError as error:
            raise not_started(command, error) from error
        try:
            started(child.pid)
            return _Watch(child, mailbox, sentinel, is_over, grace).run()
        finally:
            if child.poll() is None:  # we fail, and it must not go on without us
                child.terminate()
                child.wait()


class _Watch:
    """Keeps an eye on a child until it has ended."""

    def __init__(
        self,
        child: subprocess.Popen[bytes],
        mailbox: Mailbox,
        sentinel: Sentinel,
        is_over: Callable[[], bool],
        grace: float,
    ) -> None:
        self._child = child
        self._mailbox = mailbox
        self._sentinel = sentinel
        self._is_over = is_over
        self._grace = grace
        self._deadline: float | None = None
        self._heard = (0, 0.0)

    def run(self) -> Ending:
        """Watch it to its end."""
        while (code := self._child.poll()) is None:
            self._end_if_over()
            for number in dict.fromkeys(self._mailbox.wait(self._turn())):
                self._take(number)
        forced = self._deadline is not None
        if code >= 0:
            return Ending(code, forced=forced)
        return Ending(_SIGNALLED - code, -code, forced)

    def _turn(self) -> float | None:
        """Return for how long nothing need be done."""
        if self._deadline is None:
            return _TURN
        left = max(0.0, self._deadline - time.monotonic())
        return left if _TURN is None else min(left, _TURN)

    def _end_if_over(self) -> None:
        now = time.monotonic()
        if self._deadline is None:
            if self._is_over():
                self._deadline = now + self._grace
                self._child.terminate()
                self._go_on()
        elif now >= self._deadline:
            self._child.kill()
            self._child.wait()

    def _go_on(self) -> None:
        """Wake a child that is stopped, so that it hears what it is told."""
        if not _ON_WINDOWS:
            self._child.send_signal(signal.SIGCONT)

    def _take(self, number: int) -> None:
        """Do what a signal asks for."""
        if _ON_WINDOWS:  # the console tells the child itself
            return
        if number == signal.SIGTSTP:
            self._suspend()
        elif number in _NUMBERS and not self._was_heard(number):
            self._child.send_signal(number)

    def _was_heard(self, number: int) -> bool:
        """Tell whether the child has had a signal already.

        `timeout` sends one to us alone, and at once another to all of us.
        """
        last, at = self._heard
        if number == last and time.monotonic() - at < PATIENCE:
            return True
        if not self._sentinel.heard(number):
            return False
        self._heard = (number, time.monotonic())
        return True

    def _suspend(self) -> None:
        """Stop, together with the child, until somebody lets us go on.

        We stop as we would without a handler: in a group that no shell looks after,
        Ctrl-Z does nothing, and nobody would wake us.
        """
        if sys.platform == "win32":
            return
        self._child.send_signal(signal.SIGTSTP)
        handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        with suppress(OSError):
            os.kill(os.getpid(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, handler)
        self._sentinel.renew()
        self._go_on()
