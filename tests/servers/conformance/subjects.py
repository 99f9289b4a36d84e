"""The servers that are compared, each behind the same few words."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from launch import dynalite, dynamodb_local, moto_server

from dynawait.testing import SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from launch import Server

OURS = "dynawait"
# Half a day of virtual time: longer than anything that ends by itself.
_VIRTUAL_PATIENCE = 43_200.0
# Its answer to these is HTTP 500 with a page of HTML, as it is for a crash.
_NOT_IN_MOTO = frozenset(
    {
        "create_global_table",
        "describe_contributor_insights",
        "describe_kinesis_streaming_destination",
        "enable_kinesis_streaming_destination",
        "update_contributor_insights",
    }
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to put probes to.

    Attributes:
        name: what the matrix calls it.
        client: a boto3 client that tries each call once.
        patience: how long to look for something that may never come, in its seconds.
        threads: how many probes to put at the same time.
        advance: moves its time on; None: its time is real.
        now: tells its time, in seconds.
        lacks: operations that it does not know, where its answer does not say so.
        slow: clients of servers of the same kind whose index phases last.
        hasty: whether a phase may end between two calls, so that a finding counts only
            when it is made twice in a row.
    """

    name: str
    client: Any
    patience: float
    threads: int
    advance: Callable[[float], None] | None
    now: Callable[[], float]
    lacks: frozenset[str] = frozenset()
    slow: tuple[Any, ...] = ()
    hasty: bool = False


@contextmanager
def simulated() -> Iterator[Subject]:
    """Give dynawait's own server, whose time is moved by hand."""
    with SimulatedServer(speed=0) as server, _client(server.url) as client:
        passed = [0.0]

        def advance(seconds: float) -> None:
            passed[0] += seconds
            server.advance(seconds)

        yield Subject(OURS, client, _VIRTUAL_PATIENCE, 1, advance, lambda: passed[0])


@contextmanager
def local() -> Iterator[Subject]:
    """Give DynamoDB Local: one of index phases up to 1 s, and two of 15 s each.

    Each lets five tables build indexes at a time, deleted tables included, so that one
    with phases of 15 s would be in the way of itself. The quick one is asked one thing
    at a time: under load it answers HTTP 500 to anything.
    """
    with (
        _real("DynamoDB Local", dynamodb_local(), 40, 1) as quick,
        _real("", dynamodb_local(delay_transient=True), 40, 1) as first,
        _real("", dynamodb_local(delay_transient=True), 40, 1) as second,
    ):
        yield replace(quick, slow=(first.client, second.client), hasty=True)


@contextmanager
def nodes() -> Iterator[Subject]:
    """Give dynalite, whose tables take 0.8 s for each change."""
    with _real("dynalite", dynalite(), 3, 8) as given:
        yield given


@contextmanager
def mocked() -> Iterator[Subject]:
    """Give moto, on which everything is done at once."""
    with _real("moto", moto_server(), 0.5, 4) as given:
        yield replace(given, lacks=_NOT_IN_MOTO)


SUBJECTS: dict[str, Callable[[], AbstractContextManager[Subject]]] = {
    OURS: simulated,
    "DynamoDB Local": local,
    "dynalite": nodes,
    "moto": mocked,
}


@contextmanager
def _real(
    name: str,
    launching: AbstractContextManager[Server],
    patience: float,
    threads: int,
) -> Iterator[Subject]:
    with launching as server, _client(server.url) as client:
        yield Subject(name, client, patience, threads, None, time.monotonic)


@contextmanager
def _client(url: str) -> Iterator[Any]:
    # An empty mapping of proxies turns those of the environment off.
    client = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="anyone",
        aws_secret_access_key="anyone",
        config=Config(
            proxies={},
            retries={"total_max_attempts": 1},
            max_pool_connections=16,
            read_timeout=30,
        ),
    )
    with closing(client):
        yield client
