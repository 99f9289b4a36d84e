"""What every benchmark needs: its options, a few statistics, tables, and servers."""

from __future__ import annotations

import argparse
import os
import platform
import random
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from statistics import fmean
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from botocore.client import BaseClient

_PATIENCE = 30.0  # seconds until a server has to answer
_SIMULATED = """
import sys, threading
from dynawait.testing import Durations, Faults, SimulatedServer

with SimulatedServer(
    port=int(sys.argv[1]),
    durations=Durations(table_create=0),
    faults=Faults(latency=float(sys.argv[2])),
):
    threading.Event().wait()
"""


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser that knows ``--quick``."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument(
        "--quick", action="store_true", help="a short run: it shows that it works"
    )
    return made


def describe_run(*packages: str) -> None:
    """Print when, where and with what a run was made."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    today = datetime.now(UTC).date().isoformat()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{today}, {python}, {os.cpu_count()} cores, {versions}\n")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, its columns aligned."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    rule = ["-" * width for width in widths]
    for row in (header, rule, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"| {' | '.join(cells)} |")
    print()


def print_goal(text: str, *, reached: bool) -> None:
    """Print a goal, and whether it was reached."""
    print(f"goal {'reached' if reached else 'MISSED'}: {text}")


def interval_of_mean(values: Sequence[float], *, seed: int) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean.

    The values are resampled in up to 500 blocks of neighbours rather than one by one:
    it is quicker, and a busy moment of the machine stays in one piece.
    """
    size = max(1, len(values) // 500)
    blocks = [
        fmean(values[start : start + size])
        for start in range(0, len(values) - size + 1, size)
    ]
    chance = random.Random(seed)
    means = sorted(fmean(chance.choices(blocks, k=len(blocks))) for _ in range(2000))
    return means[49], means[1949]


@contextmanager
def running_server(kind: str) -> Iterator[str]:
    """Run a server in a process of its own, and yield its address.

    Args:
        kind: ``"moto"``; ``"simulated"``; or ``"distant"``, which is the simulated one
            with 5 ms added to every call, in the place of a network.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = {
        "moto": ["-m", "moto.server", "-H", "127.0.0.1", "-p", port],
        "simulated": ["-c", _SIMULATED, port, "0"],
        "distant": ["-c", _SIMULATED, port, "0.005"],
    }[kind]
    process = subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_port(int(port), process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"no server answers on port {port}")


def boto3_client(url: str) -> BaseClient:
    """Return a boto3 client for a server on loopback."""
    import boto3

    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="benchmark",
        aws_secret_access_key="benchmark",
    )


def table_request(name: str) -> dict[str, Any]:
    """Return the parameters of CreateTable for a plain table."""
    return {
        "TableName": name,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
