"""The AWS command line, against the simulated server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from dynawait.testing import Faults, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[SimulatedServer]:
    """A server whose time is moved by hand."""
    with SimulatedServer(speed=0) as started:
        yield started


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Variables that keep the command from the configuration of whoever runs it."""
    if shutil.which("aws") is None:
        pytest.skip("no aws on PATH: pip install awscli")
    kept = {name: value for name, value in os.environ.items() if name[:4] != "AWS_"}
    return kept | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1",
    }


def aws(
    server: SimulatedServer, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run a subcommand of ``aws dynamodb``."""
    return subprocess.run(
        [
            "aws",
            "--endpoint-url",
            server.url,
            "--output",
            "json",
            "dynamodb",
            *arguments,
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def answer(done: subprocess.CompletedProcess[str]) -> Any:
    """Return what the command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CREATE = (
    "create-table",
    "--table-name=orders",
    "--key-schema=AttributeName=pk,KeyType=HASH",
    "--attribute-definitions=AttributeName=pk,AttributeType=S",
    "--billing-mode=PAY_PER_REQUEST",
)


def test_the_command_line_follows_a_table(
    server: SimulatedServer, environment: dict[str, str]
) -> None:
    """`aws` creates a table, sees it come up, meets a refusal, and deletes it."""
    created = answer(aws(server, environment, *CREATE))["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    assert ":eu-west-1:" in created["TableArn"]
    refused = aws(server, environment, "delete-table", "--table-name=orders")
    assert refused.returncode != 0
    assert "(ResourceInUseException)" in refused.stderr
    server.advance(60)
    named = ("--table-name=orders",)
    described = answer(aws(server, environment, "describe-table", *named))["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert described["CreationDateTime"]
    waited = aws(server, environment, "wait", "table-exists", *named)
    assert waited.returncode == 0, waited.stderr
    assert answer(aws(server, environment, "list-tables"))["TableNames"] == ["orders"]
    answer(aws(server, environment, "delete-table", *named))
    server.advance(60)
    assert answer(aws(server, environment, "list-tables"))["TableNames"] == []


def test_the_command_line_names_a_fault(
    server: SimulatedServer, environment: dict[str, str]
) -> None:
    """What the server is told to do wrong arrives as AWS's own error."""
    server.faults = Faults(throttle=1)
    refused = aws(server, environment, *CREATE)
    assert refused.returncode != 0
    assert "(ThrottlingException)" in refused.stderr
    assert server.tables == {}
