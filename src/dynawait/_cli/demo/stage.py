"""Where the demo is played: a server, its clients, and processes of this program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from ...testing import SimulatedServer
from ..exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

_RUN = "from dynawait._cli import main; main()"
_OTHERS = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL_DYNAMODB")
_ANYONE = "demo"
_REGION = "us-east-1"
_GLANCE = 0.02
_PATIENCE = 900.0


class Stage:
    """A server that only this program uses.

    Attributes:
        server: the server.
        client: a client of it.
        folder: where files lie while the demo runs.
    """

    def __init__(self, server: SimulatedServer, folder: Path) -> None:
        """Take a server that listens."""
        self.server = server
        self.folder = folder
        self.client = self.new_client()

    def new_client(self) -> Any:
        """Return a client; what the environment says of AWS plays no part."""
        from botocore.config import Config
        from botocore.session import Session

        from ...recommended import recommended_config

        nowhere = (None, None, os.devnull, None)
        session = Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": nowhere,
                "credentials_file": nowhere,
            }
        )
        return session.create_client(
            "dynamodb",
            region_name=_REGION,
            endpoint_url=self.server.url,
            aws_access_key_id=_ANYONE,
            aws_secret_access_key=_ANYONE,
            config=recommended_config().merge(Config(proxies={})),
        )

    def write(self, name: str, request: Mapping[str, Any]) -> str:
        """Write a request into a file, and return its path."""
        path = self.folder / name
        path.write_text(json.dumps(request, indent=2), encoding="utf-8")
        return str(path)

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds.

        Raises:
            CommandError: it takes too long.
        """
        end = time.monotonic() + _PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise CommandError(f"the demo waited in vain until {what}")
            time.sleep(_GLANCE)

    @contextmanager
    def process(
        self, *line: str, hear: Callable[[dict[str, Any]], object]
    ) -> Generator[Process]:
        """Run a command of this program in a process of its own, while the block runs.

        Args:
            line: the command.
            hear: is told every record that it prints.
        """
        command = [sys.executable, "-c", _RUN, *line, "--json"]
        started = subprocess.Popen(  # noqa: S603 - this very program
            command,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        process = Process(started, hear)
        try:
            yield process
        finally:
            process.end()

    def _environment(self) -> dict[str, str]:
        package = str(Path(__file__).parents[3])
        kept = {key: text for key, text in os.environ.items() if key not in _OTHERS}
        others = kept.get("PYTHONPATH")
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join([package, others] if others else [package]),
            "PYTHONSAFEPATH": "1",
            "PYTHONIOENCODING": "utf-8",
            "AWS_ENDPOINT_URL_DYNAMODB": self.server.url,
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_REGION": _REGION,
            "AWS_DEFAULT_REGION": _REGION,
            "AWS_ACCESS_KEY_ID": _ANYONE,
            "AWS_SECRET_ACCESS_KEY": _ANYONE,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }


class Process:
    """A command that runs.

    Attributes:
        pid: its process ID.
        records: what it has printed.
    """

    def __init__(
        self, started: subprocess.Popen[str], hear: Callable[[dict[str, Any]], object]
    ) -> None:
        """Read what it prints, as it comes."""
        self._started = started
        self.pid = started.pid
        self.records: list[dict[str, Any]] = []
        self._readers = [
            threading.Thread(target=self._read, args=(hear,), daemon=True),
            threading.Thread(target=self._read_complaints, daemon=True),
        ]
        self._complaints: list[str] = []
        for reader in self._readers:
            reader.start()

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._started.poll() is not None

    @property
    def complaint(self) -> str:
        """What it has told on standard error."""
        return "".join(self._complaints).strip()

    def kill(self) -> int:
        """Kill it, with no chance to say goodbye, and return its exit code."""
        self._started.kill()
        return self._started.wait()

    def wait(self) -> int:
        """Wait until it ends, and return its exit code."""
        code = self._started.wait()
        for reader in self._readers:
            reader.join()
        return code

    def end(self) -> None:
        """Leave nothing of it behind."""
        if not self.ended:
            self._started.kill()
            self._started.wait()
        for reader in self._readers:
            reader.join()
        for pipe in (self._started.stdout, self._started.stderr):
            if pipe is not None:
                pipe.close()

    def _read(self, hear: Callable[[dict[str, Any]], object]) -> None:
        for line in self._lines():
            record: dict[str, Any] = json.loads(line)
            self.records.append(record)
            hear(record)

    def _lines(self) -> Iterator[str]:
        for line in self._started.stdout or ():
            if line.endswith("\n"):  # whoever is killed may not have finished his last
                yield line

    def _read_complaints(self) -> None:
        self._complaints.extend(self._started.stderr or ())


@contextmanager
def stage(speed: float, seed: int) -> Generator[Stage]:
    """Give a stage, and clear it away."""
    with (
        TemporaryDirectory(prefix="dynawait-demo-") as folder,
        SimulatedServer(speed=speed, seed=seed) as server,
    ):
        yield Stage(server, Path(folder))
