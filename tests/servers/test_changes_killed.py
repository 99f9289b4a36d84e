"""Programs that are killed, or interrupted, in the middle of a migration."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from changes import PATIENCE, table_request

import dynawait
from dynawait.sync import describe
from dynawait.testing import Durations, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connect = Callable[..., Any]

START = """
import sys
import dynawait, dynawait.sync
from dynawait import CreateIndex, DeleteIndex, ReplaceIndex, Polling

url, table = sys.argv[1:]
anyone = {
    "endpoint_url": url,
    "region_name": "us-east-1",
    "aws_access_key_id": "anyone",
    "aws_secret_access_key": "anyone",
}
options = {"proxies": {}, "retries": {"total_max_attempts": 1}}
brisk = {"polling": Polling(floor=0.05), "timeout": 25}
writes = []

def hooked(client):
    def note(model, **_):
        if not model.name.startswith("Describe"):
            writes.append(model.name)
    client.meta.events.register("before-call.dynamodb", note)
    print("ready", flush=True)
    return client

def capacity(units):
    return {"ReadCapacityUnits": units, "WriteCapacityUnits": units}

def named(name):
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": capacity(5),
    }

create = {
    "TableName": table,
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("id", "legacy")
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "ProvisionedThroughput": capacity(5),
    "GlobalSecondaryIndexes": [named("legacy")],
}
update = {
    "TableName": table,
    "AttributeDefinitions": [{"AttributeName": "city", "AttributeType": "S"}],
    "ProvisionedThroughput": capacity(7),
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "GlobalSecondaryIndexUpdates": [{"Create": named("city")}],
}
changes = [
    CreateIndex("day", "day", throughput=(5, 5)),
    ReplaceIndex("legacy", CreateIndex("modern", "legacy", throughput=(5, 5))),
]
"""
# A migration in a script: what exists when it is run again is brought on from there.
# The table would be told from the one that it makes by its capacity and its indexes.
BLOCKING = """
import boto3
from botocore.config import Config

client = hooked(boto3.client("dynamodb", config=Config(**options), **anyone))
face = dynawait.sync
for _ in range(2):
    writes.clear()
    if not face.describe(client, table).exists:
        face.safe_create_table(client, **create, **brisk)
    face.wait_for_quiet(client, table, **brisk)
    face.safe_update_table(client, **update, **brisk)
    face.apply_index_changes(client, table, changes, **brisk)
print("idle" if not writes else writes)
"""
ASYNC = """
import asyncio
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

async def main():
    face = dynawait
    async with get_session().create_client(
        "dynamodb", config=AioConfig(**options), **anyone
    ) as client:
        hooked(client)
        for _ in range(2):
            writes.clear()
            if not (await face.describe(client, table)).exists:
                await face.safe_create_table(client, **create, **brisk)
            await face.wait_for_quiet(client, table, **brisk)
            await face.safe_update_table(client, **update, **brisk)
            await face.apply_index_changes(client, table, changes, **brisk)
    print("idle" if not writes else writes)

asyncio.run(main())
"""
PROGRAMS = {"blocking": BLOCKING, "async": ASYNC}
KILLS = {"simulated": 2, "dynamodb_local": 1}


@contextmanager
def running(program: str, url: str, table: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program, and wait until its client is ready."""
    package = Path(dynawait.__file__).parents[1]
    process = subprocess.Popen(
        [sys.executable, "-c", START + program, url, table],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(package)},
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        if first != "ready\n":
            process.kill()
            pytest.fail(f"it said {first!r} and {process.communicate()[1]}")
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


@pytest.mark.parametrize("server", KILLS)
def test_a_migration_that_is_killed_goes_on_where_it_was(
    server: str,
    table_name: str,
    boto3_client: Connect,
    request: pytest.FixtureRequest,
) -> None:
    """Killed at random moments, and run once more, it is complete; then it is idle."""
    url: str = request.getfixturevalue(f"{server}_url")
    seed = random.randrange(10**6)

    def play(kind: str) -> str:
        chance = random.Random(f"{seed} {kind}")
        table = f"{table_name}-{kind}"
        for _ in range(KILLS[server]):
            with running(PROGRAMS[kind], url, table) as process:
                try:
                    process.wait(chance.uniform(0.0, 2.0))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
        with running(PROGRAMS[kind], url, table) as process:
            out, errors = process.communicate(timeout=2 * PATIENCE)
            assert out == "idle\n", f"{kind}, seed {seed}: {out}{errors}"
        return table

    with ThreadPoolExecutor(len(PROGRAMS)) as pool:
        tables = list(pool.map(play, PROGRAMS))
    client = boto3_client(url)
    for table in tables:
        state = describe(client, table)
        assert set(state.indexes) == {"city", "day", "modern"}
        assert all(index.is_active for index in state.indexes.values())
        assert state.throughput is not None
        assert state.throughput.read == 7
        assert state.stream is not None
        assert state.stream.view_type == "NEW_IMAGE"


SHOW = """
show = lambda event: event.name == "step.waiting" and print("waiting", flush=True)
change = [CreateIndex("day", "day", throughput=(5, 5))]
"""
BUILD = {
    "blocking": SHOW
    + """
import boto3
from botocore.config import Config

client = hooked(boto3.client("dynamodb", config=Config(**options), **anyone))
dynawait.sync.apply_index_changes(client, table, change, on_event=show, on_cancel=WHAT)
""",
    "async": SHOW
    + """
import asyncio
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

async def main():
    async with get_session().create_client(
        "dynamodb", config=AioConfig(**options), **anyone
    ) as client:
        await dynawait.apply_index_changes(
            hooked(client), table, change, on_event=show, on_cancel=WHAT
        )

asyncio.run(main())
""",
}
LEFT = {
    ("keep", "allocation"): "create index day was sent, and goes on without us",
    ("keep", "backfill"): "create index day was sent, and goes on without us",
    ("delete", "allocation"): "index day is being allocated and cannot be deleted yet",
    ("delete", "backfill"): "index day was backfilling and is being deleted again",
}

ENDLESS = 1e6
DURATIONS = {
    "allocation": Durations(table_create=0, index_allocation=ENDLESS),
    "backfill": Durations(
        table_create=0, index_allocation=0, index_backfill=ENDLESS, index_delete=0
    ),
}


@pytest.mark.parametrize("kind", BUILD)
def test_ctrl_c_in_the_middle_of_an_index_build(
    kind: str, table_name: str, boto3_client: Connect
) -> None:
    """It ends within three seconds, and says what it has left behind."""
    with ExitStack() as stack:
        clients = {}
        # What DynamoDB allows in which phase is the same for both faces.
        cases = [case for case in LEFT if kind == "blocking" or case[1] == "backfill"]
        for what, phase in cases:
            server = stack.enter_context(SimulatedServer(durations=DURATIONS[phase]))
            client = clients[what, phase] = boto3_client(server.url)
            client.create_table(**table_request(table_name))

        def play(what: str, phase: str) -> tuple[int, str]:
            url = clients[what, phase].meta.endpoint_url
            program = BUILD[kind].replace("WHAT", repr(what))
            return interrupted(program, url, table_name)

        with ThreadPoolExecutor(len(cases)) as pool:
            ends = list(pool.map(play, *zip(*cases, strict=True)))
        for case, (code, errors) in zip(cases, ends, strict=True):
            assert code == -signal.SIGINT, errors
            assert f"{table_name}: {LEFT[case]}" in errors
            state = describe(clients[case], table_name)
            assert bool(state.indexes) == (case != ("delete", "backfill"))


def interrupted(program: str, url: str, table: str) -> tuple[int, str]:
    """Press Ctrl-C once a program waits; return its code and its errors."""
    with running(program, url, table) as process:
        assert process.stdout is not None
        while "waiting" not in (line := process.stdout.readline()):
            assert line, process.communicate()[1]
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=3)
        except subprocess.TimeoutExpired:
            pytest.fail("the program still runs 3 s after Ctrl-C")
    return process.returncode, errors
