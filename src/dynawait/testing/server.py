"""A simulated DynamoDB that any SDK can talk to.

From the command line::

    python -m dynawait.testing.server --port 8000 --speed 60

or inside a program::

    from dynawait.testing import SimulatedServer

    with SimulatedServer(speed=100) as server:
        client = boto3.client("dynamodb", endpoint_url=server.url, ...)
"""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from .protocol import MAX_BODY, Application
from .service import Call, Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .faults import Faults
    from .model import Durations

_THREADS = 8
_CONNECTIONS = 1_000
# How long, in real seconds, a server that is to stop may take to notice it.
_TURN = 0.05


class SimulatedServer:
    """A simulated DynamoDB on loopback, in a thread, as a context manager.

    Attributes:
        url: the endpoint's address; there once it has started.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        seed: int = 0,
        durations: Durations | None = None,
        faults: Faults | None = None,
    ) -> None:
        """Do not start yet.

        Args:
            host: the address to listen on; loopback unless told otherwise.
            port: the port; 0: any that is free.
            speed: how many of its seconds pass in a real one.
            seed: where the faults' chance comes from.
            durations: how long transitions last; as on AWS where None.
            faults: what goes wrong; nothing where None.

        Raises:
            ValueError: `speed` is not a positive number.
        """
        if not 0 < speed < float("inf"):
            message = f"speed: {speed!r} is not a positive number"
            raise ValueError(message)
        self.url = ""
        self._host = host
        self._port = port
        self._speed = speed
        self._began = time.monotonic()
        self._service = Service(
            self._now,
            seed=seed,
            durations=durations,
            faults=faults,
            start=datetime.now(UTC),
        )
        self._map: dict[int, Any] = {}
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener: Any = None

    @property
    def calls(self) -> list[Call]:
        """Every call that was made, in order of arrival."""
        return self._service.calls

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """The descriptions of all tables, by name, as they are now."""
        return self._service.plane.describe_all()

    def __enter__(self) -> Self:
        """Start to listen, and serve in a thread."""
        self.listen()
        self._thread = threading.Thread(
            target=self.serve, name="dynawait-server", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        """Stop; calls in flight are cut off."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def listen(self) -> None:
        """Open the port; `url` is there afterwards.

        Raises:
            ImportError: waitress is missing.
            OSError: the port cannot be opened.
        """
        waitress = _waitress("waitress")
        channel = _waitress("waitress.channel")
        application = Application(
            self._service, wait=self._wait, hang_up=channel.ClientDisconnected
        )
        self._listener = waitress.create_server(
            application,
            map=self._map,
            host=self._host,
            port=self._port,
            threads=_THREADS,
            connection_limit=_CONNECTIONS,
            max_request_body_size=4 * MAX_BODY,
            ident="dynawait",
        )
        shown = f"[{self._host}]" if ":" in self._host else self._host
        self.url = f"http://{shown}:{self._listener.effective_port}"

    def serve(self) -> None:
        """Serve until told to stop."""
        loop = _waitress("waitress.wasyncore")
        try:
            while not self._stopping.is_set():
                loop.loop(timeout=_TURN, use_poll=True, map=self._map, count=1)
        finally:
            loop.close_all(self._map)
            self._listener.task_dispatcher.shutdown()

    def _now(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._stopping.wait(seconds / self._speed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is interrupted, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        server = SimulatedServer(
            host=options.host, port=options.port, speed=options.speed, seed=options.seed
        )
        server.listen()
    except (ValueError, OSError, ImportError) as error:
        print(f"dynawait: {error}", file=sys.stderr)  # noqa: T201 - a command line
        return 1
    where = f"{server.url} (press Ctrl-C to stop)"
    line = f"dynawait simulated DynamoDB listening on {where}"
    print(line, flush=True)  # noqa: T201 - the sign that it is ready
    try:
        server.serve()
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dynawait.testing.server",
        description="Serve a simulated DynamoDB whose tables take their time.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: loopback only")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000; 0: any")
    parser.add_argument(
        "--speed", type=float, default=1.0, help="its seconds per real one; default: 1"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="where chance comes from; default: 0"
    )
    return parser


def _waitress(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        message = "the simulated server stands on waitress, which is not installed:"
        message += " run  pip install 'dynawait[testing]'"
        raise ImportError(message) from error


if __name__ == "__main__":
    sys.exit(main())
