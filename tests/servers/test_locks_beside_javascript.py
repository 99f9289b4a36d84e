"""Locks of dynamodb-lock-client, for JavaScript, are read on DynamoDB Local."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from changes import TWO_FACES
from launch import MissingToolError, find_node, javascript_lock_client
from locks import LockSession, Tables, in_lock_faces, missing

from dynawait.locks.dialects import recognise
from tests.gateways.either import got

if TYPE_CHECKING:
    from collections.abc import Iterator

JAVASCRIPT = """
const AWS = require("aws-sdk");
const { FailOpen, FailClosed } = require("dynamodb-lock-client");
const [url, lockTable, id, kind] = process.argv.slice(1);
const dynamodb = new AWS.DynamoDB.DocumentClient({
    endpoint: url, region: "us-east-1",
    accessKeyId: "anyone", secretAccessKey: "anyone",
});
const common = { dynamodb, lockTable, partitionKey: "id", owner: "they" };
const client = kind === "open"
    ? new FailOpen({ ...common, heartbeatPeriodMs: 200, leaseDurationMs: 1500,
                     trustLocalTime: true })
    : new FailClosed({ ...common, acquirePeriodMs: 1000 });
const say = (what) => console.log(JSON.stringify(what));
client.acquireLock(id, (error, lock) => {
    if (error) { say({ failed: error.code || String(error) }); return; }
    say({ token: lock.fencingToken });
    if (lock.on) lock.on("error", (problem) => say({ failed: problem.code }));
    process.stdin.once("data", () => lock.release((problem) => {
        say({ released: !problem });
        process.exit(0);
    }));
});
"""


@pytest.fixture(scope="module")
def tables(dynamodb_local_url: str) -> Tables:
    """Give tables on DynamoDB Local."""
    return Tables(dynamodb_local_url)


@contextmanager
def javascript(url: str, table: str, key: str, kind: str) -> Iterator[Any]:
    """Run a holder for JavaScript until the end of the block."""
    try:
        node, modules = find_node(), javascript_lock_client()
    except MissingToolError as error:
        missing(str(error))
    process = subprocess.Popen(
        [node, "-e", JAVASCRIPT, "--", url, table, key, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "NODE_PATH": str(modules)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def test_locks_of_javascript_are_read(tables: Tables, table_name: str) -> None:
    """One that fails open is seen to live, to be released, and to be dead."""
    table = tables.of("tristanls", "shared")

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(dialect="tristanls")
        with javascript(tables.url, table, key, "open") as holder:
            token = json.loads(holder.stdout.readline())["token"]
            record = (await session.listed(locks))["it"]
            assert record.readable, record.problem
            assert (record.owner, record.lease) == ("they", 1.5)
            assert record.fencing_token == token == 1
            assert recognise([record.raw]) == "tristanls"
            assert (await got(locks.assess(key, observe=10))).verdict == "HELD"
            holder.stdin.write("release\n")
            holder.stdin.flush()
            assert json.loads(holder.stdout.readline()) == {"released": True}
        assert (await got(locks.assess(key))).verdict == "RELEASED"
        with javascript(tables.url, table, key, "open") as holder:
            assert json.loads(holder.stdout.readline())["token"] == 2
            holder.kill()
            begun = time.monotonic()
            found = await got(locks.assess(key, observe=10))
            assert found.verdict == "STALE", found
            assert time.monotonic() - begun > 1.5
            assert await got(locks.force_release(found.record))
            assert await got(locks.inspect(key)) is None

    in_lock_faces(tables.url, table, scene, TWO_FACES)


def test_locks_of_javascript_that_fail_closed_have_no_lease(tables: Tables) -> None:
    """Nothing but a probe of their owner tells whether they are left behind."""
    table = tables.of("tristanls", "shared")

    async def scene(session: LockSession) -> None:
        key = session.key()
        locks = session.locks(dialect="tristanls")
        with javascript(tables.url, table, key, "closed") as holder:
            holder.stdout.readline()
            record = await got(locks.inspect(key))
            assert record.readable, record.problem
            assert (record.owner, record.lease) == ("they", None)
            assert record.fencing_token is None
            found = await got(locks.assess(key, observe=0.3))
            assert found.verdict == "UNKNOWN"
            probe = {"is_owner_alive": lambda _: holder.poll() is None}
            assert (await got(locks.assess(key, **probe))).verdict == "HELD"
            holder.kill()
            holder.wait()
            found = await got(locks.assess(key, **probe))
            assert found.verdict == "STALE"
            assert await got(locks.force_release(found.record))
            assert not await got(locks.force_release(found.record))

    in_lock_faces(tables.url, table, scene, TWO_FACES)
