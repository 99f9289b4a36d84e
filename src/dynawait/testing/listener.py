"""A port, and the WSGI server behind it: waitress, which the extra testing brings."""

from __future__ import annotations

import importlib
import ipaddress
import logging
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .protocol import MAX_BODY, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from wsgiref.types import WSGIApplication

_THREADS = 32
_CONNECTIONS = 1_000
_PORTS = 65_535
# How long, in real seconds, a server that is to stop may take to notice it.
_TURN = 0.05
# How long answers that are being made may take then.
_LAST = 1.0
# A client cannot connect to the address that stands for all of them.
_REACHABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing is bound here


class Listener:
    """An open port, whose requests an application answers.

    Attributes:
        host: the address that it listens on.
        port: its number.
    """

    def __init__(
        self, make: Callable[[], WSGIApplication], *, host: str, port: int
    ) -> None:
        """Open the port.

        Args:
            make: makes the application; called once waitress is there.
            host: a name or an address; of a name's addresses the first.
            port: 0: any that is free.

        Raises:
            ImportError: waitress is missing.
            OSError: the port cannot be opened, or nobody knows the host.
            ValueError: the port's number is none.
        """
        if not 0 <= port <= _PORTS:
            message = f"port: {port!r} is not between 0 and {_PORTS}"
            raise ValueError(message)
        self.host: str = _address(host)
        self._map: dict[int, Any] = {}
        # On a busy machine it warns of requests that wait for a thread: here they may.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._server = waitress("waitress").create_server(
            make(),
            map=self._map,
            host=self.host,
            port=port,
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            max_request_body_size=4 * MAX_BODY,
            ident="dynawait",
        )
        self._server.channel_class = _channel_class()
        self.port: int = self._server.effective_port

    @property
    def url(self) -> str:
        """An address by which a client on this machine reaches it."""
        host = _REACHABLE.get(self.host, self.host)
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine reach it."""
        return ipaddress.ip_address(self.host).is_loopback

    def serve(self, stopped: Callable[[], bool]) -> None:
        """Serve until told to stop."""
        loop = waitress("waitress.wasyncore")
        try:
            while not stopped():
                loop.loop(timeout=_TURN, use_poll=True, map=self._map, count=1)
        finally:
            # First the threads: one that is about to be done tells the loop so.
            with _without_warnings():
                self._server.task_dispatcher.shutdown(timeout=_LAST)
            loop.close_all(self._map)


@contextmanager
def _without_warnings() -> Generator[None]:
    """Let waitress say nothing of requests that get no answer any more."""
    logger = logging.getLogger("waitress")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def waitress(module: str) -> Any:
    """Return a module of waitress.

    Raises:
        ImportError: it is missing; the text says what to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        message = "the simulated server stands on waitress, which is not installed:"
        message += " run  pip install 'dynawait[testing]'"
        raise ImportError(message) from error


def hang_up() -> Exception:
    """Return the exception on which waitress closes a connection without an answer."""
    made: Exception = waitress("waitress.channel").ClientDisconnected()
    return made


def _channel_class() -> Any:
    """Return waitress's channel, with DynamoDB's errors for what it cannot read."""

    def execute(task: Any) -> None:
        error = task.request.error
        answer = unreadable(error.code, error.body)
        task.status = f"{error.code} {error.reason}"
        task.response_headers += [("Content-Type", answer.content_type)]
        task.response_headers += answer.headers
        task.set_close_on_finish()
        task.content_length = len(answer.body)
        task.write(answer.body)

    ordinary = waitress("waitress.task").ErrorTask
    task = type("ErrorTask", (ordinary,), {"execute": execute})
    channel = waitress("waitress.channel").HTTPChannel
    return type("Channel", (channel,), {"error_task_class": task})


def _address(host: str) -> str:
    """Return an address of a host: of the older kind where it has both.

    Raises:
        OSError: nobody knows it.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    return min(addresses, key=lambda address: ":" in address)
