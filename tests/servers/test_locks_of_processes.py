"""Processes that are stopped, killed, interrupted and forked while they hold locks."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from locks import SLACK, Tables
from programs import (
    BLOCKING,
    HOLDERS,
    START,
    WORKERS,
    Program,
    eventually,
    first_to_say,
    histories,
)

from dynawait.locks import ReleaseOutcome
from dynawait.sync.locks import LockClient

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Any]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there are no such signals")

LEASE = 1.5
OVER = LEASE * 1.05 + 0.1
"""After how long others know that a lease is over, in seconds."""


@pytest.fixture(scope="module")
def tables(dynamodb_local_url: str) -> Tables:
    """Give tables on DynamoDB Local."""
    return Tables(dynamodb_local_url)


@pytest.fixture
def table(tables: Tables) -> str:
    """Give a table of locks."""
    return tables.of(table="processes")


def in_every_kind(play: Callable[[str], None]) -> None:
    """Play something with programs of every kind, side by side."""
    with ThreadPoolExecutor(len(HOLDERS)) as pool:
        for playing in [pool.submit(play, kind) for kind in HOLDERS]:
            playing.result()


def test_a_stopped_holder_believes_nothing_when_it_goes_on(
    tables: Tables, table: str, table_name: str, boto3_client: Connect
) -> None:
    """Another has the lock by then; the first neither writes nor frees it."""
    client = boto3_client(tables.url, max_pool_connections=20)

    def play(kind: str) -> None:
        key = f"{table_name}-{kind}"
        with Program(HOLDERS[kind], tables.url, table, key, lease=LEASE) as holder:
            token = holder.until("held")["token"]
            holder.until("belief", more=5)
            stopped = holder.send(signal.SIGSTOP)
            with LockClient(client, table, lease=20).hold(key, wait=20) as lease:
                taken = time.monotonic()
                assert LEASE / 2 < taken - stopped < OVER + SLACK
                assert lease.fencing_token > token
                before = list(histories(client, table, key))
                holder.send(signal.SIGCONT)
                end = holder.until("lost")
                assert end["reason"] in ("expired", "stolen")
                assert (end["told"], end["events"]) == (1, 1)
                assert not end["told_valid"]
                assert holder.ended() == 0, holder.errors
                for belief in holder.said("belief"):
                    assert not (belief["valid"] and belief["begun"] > taken)
                # One write may have been on its way when it was stopped.
                after = list(histories(client, table, key))
                assert len(after) <= len(before) + 1
                lease.renew()

    in_every_kind(play)


def test_a_killed_holders_lock_is_taken_after_one_lease(
    tables: Tables, table: str, table_name: str
) -> None:
    """By one of those who wait, and by another when that one is killed as well."""
    key = table_name
    with ExitStack() as stack:
        waiting = [
            stack.enter_context(Program(source, tables.url, table, key, lease=LEASE))
            for source in HOLDERS.values()
        ]
        holder, line = first_to_say(waiting, "held", 0.0)
        for program in waiting:
            program.until("ready")
        while len(waiting) > 1:
            waiting.remove(holder)
            killed = holder.send(signal.SIGKILL)
            holder, next_line = first_to_say(waiting, "held", killed)
            assert LEASE / 2 < next_line["at"] - killed < OVER + SLACK
            assert next_line["token"] > line["token"]
            line = next_line


def test_ctrl_c_frees_what_is_held_and_leaves_no_place_in_line(
    tables: Tables, table: str, table_name: str, boto3_client: Connect
) -> None:
    """Soon, and it goes on as KeyboardInterrupt."""
    locks = LockClient(boto3_client(tables.url, max_pool_connections=20), table)

    def play(kind: str) -> None:
        key = f"{table_name}-{kind}"
        source, url = HOLDERS[kind], tables.url
        with (
            Program(source, url, table, key, lease=60) as holder,
            Program(source, url, table, key, lease=60, fairness="fifo") as waiter,
        ):
            holding, _ = first_to_say([holder, waiter], "held", 0.0)
            other = waiter if holding is holder else holder
            other.until("ready")
            if other is waiter:
                eventually(lambda: locks.inspect(key).raw.get("waiters", {}).get("L"))  # type: ignore[union-attr] # it is there
            for program in (other, holding):
                pressed = program.send(signal.SIGINT)
                code = program.ended()
                assert time.monotonic() - pressed < 2 + SLACK
                assert code in (-signal.SIGINT, 130), program.errors
                assert "KeyboardInterrupt" in program.errors
                assert "Exception ignored" not in program.errors
            record = locks.inspect(key)
            assert record is not None
            assert record.released
            assert not record.raw.get("waiters", {}).get("L")

    in_every_kind(play)


FORK = """
with locks.hold(key) as lease:
    say("held", token=lease.fencing_token)
    child = os.fork()
    while child == 0:
        try:
            lease.check()
            say("belief", valid=lease.valid)
        except LockLostError:
            say("doubt", valid=lease.valid, released=lease.release().name)
        time.sleep(0.1)
    while True:
        say("parent", valid=lease.valid, child=child)
        time.sleep(0.1)
"""


def test_a_forked_child_neither_holds_nor_renews_nor_frees(
    tables: Tables, table: str, table_name: str, boto3_client: Connect
) -> None:
    """The parent goes on; when it is killed, its child does not keep the lock."""
    locks = LockClient(boto3_client(tables.url), table)
    source = (
        START.replace(
            "import json",
            "import warnings; warnings.simplefilter('ignore'); import json",
            1,
        )
        + BLOCKING
        + FORK
    )
    with Program(source, tables.url, table, table_name, lease=LEASE) as parent:
        token = parent.until("held")["token"]
        child = parent.until("parent", more=2 * round(10 * LEASE))["child"]
        try:
            doubt = parent.until("doubt", more=5)
            assert doubt["released"] == ReleaseOutcome.ALREADY_LOST.name
            assert not parent.said("belief")
            assert all(line["valid"] for line in parent.said("parent"))
            assert not any(line["valid"] for line in parent.said("doubt"))
            assert locks.try_acquire(table_name) is None
            killed = parent.send(signal.SIGKILL)
            with locks.hold(table_name, wait=20) as lease:
                assert LEASE / 2 < time.monotonic() - killed < OVER + SLACK
                assert lease.fencing_token > token
        finally:
            os.kill(child, signal.SIGKILL)


def test_processes_that_are_stopped_and_killed_at_random_exclude_each_other(
    tables: Tables, table: str, table_name: str, boto3_client: Connect
) -> None:
    """No token is two processes', none is believed in after a later one.

    What is written with a token of the past is refused, and the work goes on.
    """
    seed = random.randrange(10**6)
    chance, key, url = random.Random(seed), table_name, tables.url
    kinds = [*WORKERS, "blocking"]
    with ExitStack() as stack:

        def start(kind: str) -> tuple[str, Program]:
            program = Program(WORKERS[kind], url, table, key, lease=1.0)
            return kind, stack.enter_context(program)

        alive = [start(kind) for kind in kinds]
        everybody = list(alive)
        for _, program in alive:
            program.until("held")
        end = time.monotonic() + 8
        while time.monotonic() < end:
            kind, program = chance.choice(alive)
            if chance.random() < 0.7:  # what happens to a holder matters most
                kind, program = max(alive, key=lambda each: each[1].latest("held"))
            if chance.random() < 0.2:
                program.send(signal.SIGKILL)
                alive.remove((kind, program))
                everybody.append(start(kind))
                alive.append(everybody[-1])
            else:
                program.send(signal.SIGSTOP)
                time.sleep(chance.uniform(0.3, 1.7))
                program.send(signal.SIGCONT)
            time.sleep(chance.uniform(0.0, 0.2))
        for _, program in alive:
            program.send(signal.SIGKILL)
        killed = time.monotonic()
        client = boto3_client(url)
        with LockClient(client, table).hold(key, wait=20) as lease:
            assert time.monotonic() - killed < 1.0 * 1.05 + 0.1 + SLACK
        written = list(histories(client, table, key))
        beliefs = [line for _, each in everybody for line in each.said("belief")]
    told = f"seed {seed}: {written}"
    owners = dict(written)
    assert sorted(set(written)) == sorted(owners.items()), told
    assert [token for token, _ in written] == sorted(token for token, _ in written)
    assert len(owners) > 10, told
    assert lease.fencing_token > max(owners)
    believed: dict[int, list[tuple[float, float]]] = {}
    for line in beliefs:
        if line["valid"]:
            span = believed.setdefault(line["token"], [])
            span.append((line["begun"], line["at"]))
    for one, other in pairwise(sorted(believed)):
        last = max(begun for begun, _ in believed[one])
        first = min(ended for _, ended in believed[other])
        assert last <= first, f"{told}: {one} was believed in after {other}"
