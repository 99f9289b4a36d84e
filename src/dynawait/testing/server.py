"""A simulated DynamoDB that any SDK can talk to.

From the command line::

    python -m dynawait.testing.server --port 8000 --speed 60

or inside a program::

    from dynawait.testing import SimulatedServer

    with SimulatedServer(speed=100) as server:
        client = boto3.client("dynamodb", endpoint_url=server.url, ...)

A browser that opens its address sees the tables and what is under way on them. Its
control endpoint is described in `dynawait.testing.control`.
"""

from __future__ import annotations

import argparse
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from .backend import Backend
from .fault_words import FAULT_NAMES, parse_faults
from .listener import Listener, hang_up
from .protocol import Application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .faults import Faults
    from .model import Durations, Limits
    from .service import Call


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
        limits: Limits | None = None,
    ) -> None:
        """Do not start yet.

        Args:
            host: the address to listen on; loopback unless told otherwise.
            port: the port; 0: any that is free.
            speed: how many of its seconds pass in a real one; 0: time stands still
                until `advance`, and calls take none of it.
            seed: where the faults' chance comes from.
            durations: how long transitions last; as on AWS where None.
            faults: what goes wrong; nothing where None.
            limits: how much may be done at a time, and how often; AWS's, without
                rates, where None.

        Raises:
            ValueError: `speed` is negative, or more than a million.
        """
        self.url: str = ""
        self._host = host
        self._port = port
        self._backend = Backend(
            speed=speed, seed=seed, durations=durations, faults=faults, limits=limits
        )
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener: Listener | None = None

    @property
    def calls(self) -> list[Call]:
        """The calls in order of arrival; of very many, the latest 100,000."""
        return self._backend.service.calls

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """The descriptions of all tables, by name, as they are now.

        Of tables of one name in several Regions, that of the Region used first counts,
        and us-east-1 before all.
        """
        return self._backend.tables()

    @property
    def faults(self) -> Faults:
        """What goes wrong; may be replaced at any time."""
        return self._backend.service.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self._backend.service.faults = faults

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one; may be set at any time."""
        return self._backend.clock.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._backend.clock.speed = speed

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine reach it; not while it is closed."""
        return self._listener is not None and self._listener.is_loopback

    def advance(self, seconds: float) -> None:
        """Move its time on by hand.

        Raises:
            ValueError: `seconds` is negative, or more than a thousand years.
        """
        self._backend.clock.advance(seconds)

    def reset(self, *, seed: int | None = None) -> None:
        """Drop all tables and calls, and take up the first speed, faults and seed.

        Args:
            seed: another seed.
        """
        self._backend.reset(seed=seed)

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
            ValueError: the port's number is none.
        """
        self._listener = Listener(self._application, host=self._host, port=self._port)
        self.url = self._listener.url

    def serve(self) -> None:
        """Serve until told to stop.

        Raises:
            RuntimeError: it does not listen.
        """
        if self._listener is None:
            message = "the server does not listen yet: call listen() first"
            raise RuntimeError(message)
        self._listener.serve(self._stopping.is_set)

    def _application(self) -> Application:
        return Application(
            self._backend,
            url=lambda: self.url,
            interrupted=self._stopping.is_set,
            hang_up=hang_up,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until it is interrupted, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        server = SimulatedServer(
            host=options.host,
            port=options.port,
            speed=options.speed,
            seed=options.seed,
            faults=parse_faults(options.faults),
        )
        server.listen()
    except (ValueError, OSError, ImportError) as error:
        _complain(str(error))
        return 1
    if not server.is_loopback:
        warning = f"warning: {options.host} is not loopback: whoever reaches this"
        _complain(f"{warning} machine can use the server, without any credentials")
    where = f"{server.url} (press Ctrl-C to stop)"
    line = f"dynawait simulated DynamoDB listening on {where}"
    try:
        print(line, flush=True)  # noqa: T201 - the sign that it is ready
        server.serve()
    except KeyboardInterrupt:
        return 130
    return 0


def _complain(text: str) -> None:
    print(f"dynawait: {text}", file=sys.stderr, flush=True)  # noqa: T201 - a command line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dynawait.testing.server",
        description="Serve a simulated DynamoDB whose tables take their time.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="default: loopback only")
    parser.add_argument("--port", type=int, default=8000, help="default: 8000; 0: any")
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="its seconds per real one; default: 1; 0: only by hand",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="where chance comes from; default: 0"
    )
    parser.add_argument(
        "--faults",
        default="",
        metavar="NAME=VALUE,...",
        help=f"what goes wrong; names: {', '.join(FAULT_NAMES)}; default: nothing",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
