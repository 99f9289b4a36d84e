"""One place where the main thread hears of everything: signals, and other threads."""

from __future__ import annotations

import select
import signal
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Generator

PASSED_ON = (
    "SIGINT",
    "SIGTERM",
    "SIGHUP",
    "SIGQUIT",
    "SIGUSR1",
    "SIGUSR2",
    "SIGBREAK",
)
"""What is passed on to a command; SIGWINCH reaches it from its terminal itself."""
_HEARD = (*PASSED_ON, "SIGTSTP", "SIGCHLD")
_NEWS = 0
"""No signal has this number."""
_MOST = 4096


class Mailbox:
    """Bytes in a socket: numbers of signals, and noughts from other threads.

    The interpreter's own handler writes a signal's number there, so no handler of ours
    does more than nothing. A lock of `threading` might be held by what it interrupts.
    """

    def __init__(self) -> None:
        """Open it."""
        self._out, self._in = socket.socketpair()
        for end in (self._out, self._in):
            end.settimeout(0)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self._in.close()
        self._out.close()

    def post(self) -> None:
        """Wake whoever waits; from any thread."""
        with suppress(OSError):  # it is full, or was closed: nobody waits any more
            self._in.send(bytes([_NEWS]))

    @contextmanager
    def signals(self) -> Generator[None]:
        """Let signals end up here, and do nothing else, while the block runs.

        One that we were told to ignore (by `nohup`, or as a job in the background)
        stays ignored, by the command as well.
        """
        before: dict[int, Any] = {}
        wakeup = signal.set_wakeup_fd(self._in.fileno(), warn_on_full_buffer=False)
        try:
            for name in _HEARD:
                number = getattr(signal, name, None)
                if number is None or _is_ignored(number, name):
                    continue
                before[number] = signal.signal(number, _hear)
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(wakeup)

    def wait(self, seconds: float | None) -> list[int]:
        """Wait for news; return the numbers of the signals that have come.

        Args:
            seconds: for how long at the most; None: for ever.
        """
        select.select([self._out], [], [], seconds)
        try:
            found = self._out.recv(_MOST)
        except BlockingIOError:
            return []
        return [number for number in found if number != _NEWS]


def _is_ignored(number: int, name: str) -> bool:
    # The end of a child must be heard of, whoever did not want to.
    return name != "SIGCHLD" and signal.getsignal(number) == signal.SIG_IGN


def _hear(_number: int, _frame: object) -> None:
    """Do nothing: the number is in the mailbox already."""
