"""What the benchmarks of locks share: a server, a network, clients, and the peer.

The server is Amazon's DynamoDB Local, started as the suite starts it, so these
benchmarks run from a checkout. The peer is python-dynamodb-lock, *P* for short; it is
blocking, so our blocking face stands beside it.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dynawait.sync.locks import LockClient

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "servers"))

TABLE, PEERS = "locks", "peers"
PEER = "python-dynamodb-lock"
# One that tries a call again by itself is what users have; "once" does not.
RETRIES: dict[str, dict[str, Any]] = {
    "botocore's retries": {},
    "no retries": {"total_max_attempts": 1},
}
CONNECTIONS = 64
# It logs what is provoked here, with tracebacks.
logging.getLogger("python_dynamodb_lock").setLevel(logging.CRITICAL)
_ANYONE = {
    "region_name": "us-east-1",
    "aws_access_key_id": "benchmark",
    "aws_secret_access_key": "benchmark",
}


def _config(kind: Any, retries: str) -> Any:
    # An empty mapping of proxies turns those of the environment off.
    return kind(proxies={}, retries=RETRIES[retries], max_pool_connections=CONNECTIONS)


@contextmanager
def running_dynamodb() -> Iterator[str]:
    """Run DynamoDB Local with two tables, ours and the peer's; yield its address.

    Where there is no Java, the benchmark ends with a message that says so.
    """
    from launch import MissingToolError, dynamodb_local

    try:
        with dynamodb_local() as server:
            client = blocking_client(server.url)
            client.create_table(**_request(TABLE, "key"))
            client.create_table(**_request(PEERS, "lock_key", "sort_key"))
            _warm(server.url)
            yield server.url
    except MissingToolError as missing:
        sys.exit(str(missing))


def _warm(url: str) -> None:
    """Let the server do everything once; its first conditional write takes a second."""
    ours, peer = Ours(url), Peer(url, heartbeat=0.1)
    for client in (ours, peer):
        for _ in range(20):
            client.release(client.acquire("warm"))
        client.close()


def _request(name: str, *keys: str) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeySchema": [
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
        "AttributeDefinitions": [
            {"AttributeName": key, "AttributeType": "S"} for key in keys
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }


class Network:
    """What lies between clients and the server; see `_network`.

    Attributes:
        url: where clients find it.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the process, which says its port first."""
        self._process = process
        self._guard = threading.Lock()
        assert process.stdout is not None
        self.url: str = f"http://127.0.0.1:{int(process.stdout.readline())}"

    def tell(self, **command: Any) -> dict[str, Any]:
        """Send a command; return what was carried, and how many losses are left."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._guard:
            stdin.write(json.dumps(command) + "\n")
            stdin.flush()
            answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    def lose(self, operation: str) -> None:
        """Lose the answer of the next call of this operation, which happens."""
        self.tell(lose=[operation, 1])

    def count(self) -> Counter[str]:
        """Return how many calls were carried since the last question."""
        return Counter(self.tell(count=True)["carried"])


@contextmanager
def running_network(url: str, latency: float = 0.0) -> Iterator[Network]:
    """Run a network in front of a server.

    Args:
        url: the server's address.
        latency: what it adds to each call, in seconds.
    """
    process = subprocess.Popen(
        [sys.executable, str(HERE / "_network.py"), url.rpartition(":")[2]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        network = Network(process)
        network.tell(latency=latency)
        yield network
    finally:
        process.terminate()
        process.wait()


def blocking_client(url: str, retries: str = "botocore's retries") -> Any:
    """Return a boto3 client of a session of its own."""
    import boto3
    from botocore.config import Config

    return boto3.session.Session().client(
        "dynamodb", endpoint_url=url, config=_config(Config, retries), **_ANYONE
    )


def async_client(url: str, retries: str = "botocore's retries") -> Any:
    """Return an aiobotocore client, to be entered with ``async with``."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    return get_session().create_client(
        "dynamodb", endpoint_url=url, config=_config(AioConfig, retries), **_ANYONE
    )


class Ours:
    """A lock client of ours, with the few verbs that benchmarks need.

    Attributes:
        locks: the client.
        client: the DynamoDB client below it.
    """

    def __init__(
        self, url: str, *, retries: str = "botocore's retries", **options: Any
    ) -> None:
        """Make one; `options` are those of `LockClient`."""
        from dynawait.sync.locks import LockClient

        self.client: Any = blocking_client(url, retries)
        self.locks: LockClient = LockClient(self.client, TABLE, **options)

    def acquire(self, key: str) -> Any:
        """Wait for a lock."""
        return self.locks.acquire(key)

    def release(self, lease: Any) -> None:
        """Give it back."""
        lease.release()

    def is_held(self, lease: Any) -> bool:
        """Tell whether it believes to hold a lock."""
        return bool(lease.valid)

    def close(self) -> None:
        """Do nothing: what it has started ends with the last lease."""


class Peer:
    """A lock client of the peer, with the same verbs.

    Attributes:
        client: the DynamoDB client below it.
    """

    def __init__(
        self,
        url: str,
        *,
        lease: float = 30.0,
        heartbeat: float | None = None,
        polls: float | None = None,
        patience: float = 120.0,
        retries: str = "botocore's retries",
    ) -> None:
        """Make one.

        Args:
            url: the server's address.
            lease: in seconds.
            heartbeat: seconds between heartbeats; None: a quarter of the lease.
            polls: seconds between looks while it waits; None: as it does by itself,
                which is the heartbeat.
            patience: for how long it waits for a lock, in seconds.
            retries: a key of `RETRIES`.
        """
        import boto3
        from botocore.config import Config
        from python_dynamodb_lock.python_dynamodb_lock import DynamoDBLockClient

        resource: Any = boto3.session.Session().resource(
            "dynamodb", endpoint_url=url, config=_config(Config, retries), **_ANYONE
        )
        self.client: Any = resource.meta.client
        self._polls = None if polls is None else timedelta(seconds=polls)
        self._patience = timedelta(seconds=patience)
        self.told: list[str] = []
        self._peer: Any = DynamoDBLockClient(
            resource,
            table_name=PEERS,
            lease_duration=timedelta(seconds=lease),
            safe_period=timedelta(seconds=lease),
            heartbeat_period=timedelta(seconds=heartbeat or lease / 4),
        )

    def acquire(self, key: str) -> Any:
        """Wait for a lock."""
        return self._peer.acquire_lock(
            key,
            retry_period=self._polls,
            retry_timeout=self._patience,
            app_callback=lambda code, _: self.told.append(code),
        )

    def release(self, lease: Any) -> None:
        """Give it back."""
        lease.release(best_effort=False)

    def is_held(self, lease: Any) -> bool:
        """Tell whether it believes to hold a lock."""
        return bool(lease.status == "LOCKED")

    def silent(self, lease: Any, now: float) -> float:
        """Tell for how long a lock was not renewed, in seconds."""
        return float(now - lease.last_updated_time)

    def close(self) -> None:
        """End its threads, which takes up to a heartbeat; what it holds stays."""
        self._peer.close()


class Calls:
    """Counts what a DynamoDB client sends, by operation.

    Attributes:
        sent: how often, what botocore sends again included.
    """

    def __init__(self, *clients: Any) -> None:
        """Begin to count for some clients."""
        self.sent: Counter[str] = Counter()
        for client in clients:
            client.meta.events.register("before-send.dynamodb", self._hear)

    def _hear(self, event_name: str, **_: object) -> None:
        self.sent[event_name.rpartition(".")[2]] += 1

    def take(self) -> Counter[str]:
        """Return the counts, and begin anew."""
        sent, self.sent = self.sent, Counter()
        return sent


def jain(counts: Iterable[float]) -> float:
    """Return Jain's index: 1 where all have the same, 1/n where one has all."""
    values = list(counts)
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 0.0


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that this share of the others does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
