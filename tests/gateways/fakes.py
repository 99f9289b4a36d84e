"""Small clients without a clock of their own, for what only a real runtime shows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def described(status: str = "ACTIVE", name: str = "orders") -> dict[str, Any]:
    """Return a response of DescribeTable."""
    return {"Table": {"TableName": name, "TableStatus": status, "TableId": name}}


class AsyncFake:
    """An asynchronous client that answers in turn, and repeats the last answer.

    Attributes:
        asked: how often it was called.
        in_flight: how many calls are waiting for their answer now.
        cancelled: how many calls were abandoned.
    """

    def __init__(self, *statuses: str, seconds: float = 0.0) -> None:
        """Answer with these statuses, each after some seconds."""
        self._statuses = list(statuses)
        self._seconds = seconds
        self.asked = self.in_flight = self.cancelled = 0

    async def describe_table(self, **parameters: Any) -> dict[str, Any]:
        """Answer, unless nobody waits any more."""
        self.asked += 1
        self.in_flight += 1
        try:
            if self._seconds:
                await anyio.sleep(self._seconds)
        except BaseException:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1
        left = self._statuses
        status = left.pop(0) if len(left) > 1 else left[0]
        return described(status, parameters["TableName"])


class BlockingFake:
    """A blocking client that answers by a function of the table's name."""

    def __init__(self, answer: Callable[[str], str] = lambda _: "ACTIVE") -> None:
        """Answer by a function."""
        self._answer = answer
        self.threads: set[str] = set()
        self.asked = 0

    def describe_table(self, **parameters: Any) -> dict[str, Any]:
        """Answer, and note the thread."""
        self.asked += 1
        self.threads.add(threading.current_thread().name)
        name = parameters["TableName"]
        return described(self._answer(name), name)


class StuckClient:
    """A blocking client whose calls hang until it is released."""

    def __init__(self, hanging: Iterable[str] = ("orders",)) -> None:
        """Hang for these tables."""
        self._hanging = set(hanging)
        self._released = threading.Event()
        self.entered = threading.Event()

    def describe_table(self, **parameters: Any) -> dict[str, Any]:
        """Answer, or hang."""
        name = parameters["TableName"]
        if name in self._hanging:
            self.entered.set()
            self._released.wait(20)
        return described("ACTIVE", name)

    def release(self) -> None:
        """Let go of whoever hangs."""
        self._released.set()
