"""Mistakes that a type checker finds before the program runs.

One run of mypy checks them all: the lines that say so, and no others, have an error.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import dynawait

MISTAKES = """\
from typing import Any

import dynawait
from dynawait import Condition, Polling, TableState, sync, table_active
from dynawait import locks as awaiting
from dynawait.sync import locks as threads
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_dynamodb.service_resource import Table
from types_aiobotocore_dynamodb import DynamoDBClient as AioClient


class Awaited:
    async def describe_table(self, **parameters: Any) -> dict[str, Any]:
        return parameters


def blocking(client: DynamoDBClient, aio: AioClient, table: Table) -> None:
    sync.wait_for_table_active(client, "orders")
    sync.wait_for_table_active(table, "orders")
    sync.wait_for_table_active(Awaited(), "orders")  # arg-type
    sync.wait_for_table_active(aio, "orders")  # arg-type, with the stubs of its base
    sync.describe("orders", client)  # arg-type
    sync.describe(object(), "orders")  # arg-type
    sync.wait_for_table_active(client, "orders", 60)  # call-arg
    sync.wait_for_table_active(client, "orders", timeout="60")  # arg-type
    sync.wait_for_table_active(client, "orders", missing="ignore")  # arg-type
    sync.wait_for_table_active(client, "orders", polling=5)  # arg-type
    sync.wait_for_table_active(client, "orders", on_event=len)  # arg-type
    sync.wait_for_table_active(client, "orders", time_out=5)  # call-arg
    sync.wait_for_table_active(client)  # call-arg
    sync.wait_for(client, "orders", "active")  # arg-type
    sync.wait_for_table_deleted(client, "orders").status  # attr-defined


async def awaited(client: AioClient, boto3: DynamoDBClient) -> TableState:
    await dynawait.wait_for_table_active(boto3, "orders")
    await dynawait.describe(object(), "orders")  # arg-type
    wrong: TableState = dynawait.describe(client, "orders")  # assignment
    return await dynawait.describe(client, "orders")


def values(state: TableState, condition: Condition) -> None:
    state.status = "ACTIVE"  # misc
    state.indexes["a"] = state.indexes["b"]  # index
    condition & True  # operator
    Polling(fraktion=1)  # call-arg
    dynawait.wait_for_tabel  # attr-defined
    number: int = table_active().judge(state)  # assignment


def locked(client: DynamoDBClient, aio: AioClient) -> None:
    locks = threads.LockClient(client, "locks", dialect="go", heartbeat=None)
    locks.acquire("orders", lease=30, wait=None).release()
    locks.acquire("orders", 60)  # arg-type
    locks.acquire("orders", lease="30")  # arg-type
    locks.acquire("orders").relase()  # attr-defined
    locks.try_acquire("orders").release()  # union-attr
    locks.hold("orders", on_lost=divmod)  # arg-type
    locks.hold("orders").release()  # attr-defined
    locks.semaphore("pool")  # call-arg
    locks.hold_all(7)  # arg-type
    locks.release("orders")  # arg-type
    threads.LockClient(client, "locks", dialect="java")  # arg-type
    threads.LockClient(aio, "locks")  # arg-type, with the stubs of its base
    threads.TerraformLocks(client, "states").unlock("b/a")  # call-arg


async def locked_too(client: AioClient) -> None:
    locks = awaiting.LockClient(client, "locks")
    async with locks.hold("orders") as lease:
        lease.remaining()
    with locks.hold("orders"):  # attr-defined
        pass
    wrong: awaiting.Lease = locks.acquire("orders")  # assignment
"""


NEEDS_STUBS = ", with the stubs of its base"
"""Marks what mypy finds only where it knows aiobotocore's own classes."""


def expected() -> dict[int, str]:
    """Return the lines with a mistake, with the kind of the error."""
    try:
        version("types-aiobotocore")
        program = MISTAKES.replace(NEEDS_STUBS, "")
    except PackageNotFoundError:
        program = MISTAKES.replace(f"  # arg-type{NEEDS_STUBS}", "")
    return {
        number: line.rpartition("  # ")[2]
        for number, line in enumerate(program.splitlines(), start=1)
        if "  # " in line
    }


def errors(program: Path) -> dict[int, str]:
    """Return the lines that mypy objects to, with the kind of the error."""
    package = Path(str(dynawait.__file__)).parents[1]
    environment = dict(os.environ)
    if package.name != "site-packages":
        environment["MYPYPATH"] = str(package)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent"),
            *("--config-file=", f"--cache-dir={program.parent / 'cache'}"),
            str(program),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=program.parent,
        env=environment,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    found = re.findall(
        r"^mistakes\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE
    )
    assert found, done.stdout
    return {int(line): kind for line, kind in found}


def test_mistakes_are_found(tmp_path: Path) -> None:
    """Wrong clients, options and values are errors; what is right is none."""
    for name in ("mypy", "mypy_boto3_dynamodb", "types_aiobotocore_dynamodb"):
        pytest.importorskip(name)
    assert len(expected()) >= 20
    program = tmp_path / "mistakes.py"
    program.write_text(MISTAKES, encoding="utf-8")
    assert errors(program) == expected()
