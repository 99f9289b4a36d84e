"""Terraform itself makes our plans, and runs the examples of ``docs/examples``.

The providers are a stand-in (`stand_in`): those of HashiCorp come from no package.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dynawait
import dynawait.sync
from dynawait.testing import SimulatedServer
from tests.cli.scenes import FINDINGS, plan_of

pytest.importorskip("tf", reason="pip install tf: the providers stand on it")

from plans import Terraform, make, settled
from stand_in import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "terraform"
SOURCE = Path(dynawait.__file__).parents[1]


@pytest.fixture(scope="module")
def binary() -> str:
    """Give Terraform or OpenTofu."""
    found = shutil.which("terraform") or shutil.which("tofu")
    if found is None:
        pytest.skip(
            "there is no terraform and no tofu on the PATH: install one of them "
            "(https://developer.hashicorp.com/terraform/install)"
        )
    return found


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[SimulatedServer]:
    """Give a server whose time stands still, or passes as fast as is asked for."""
    speed = getattr(request, "param", 0)
    with SimulatedServer(port=0, speed=speed) as server:
        yield server


@pytest.fixture
def client(
    server: SimulatedServer, boto3_client: Callable[..., DynamoDBClient]
) -> DynamoDBClient:
    """Give a client of the server."""
    return boto3_client(server.url)


@pytest.fixture
def example(
    binary: str, server: SimulatedServer, tmp_path: Path
) -> Iterator[Callable[[str], Terraform]]:
    """Give what copies an example, which then finds our server."""
    with serving(
        PYTHONPATH=str(SOURCE),
        AWS_ENDPOINT_URL=server.url,
        AWS_ACCESS_KEY_ID="anyone",
        AWS_SECRET_ACCESS_KEY="anyone",
        AWS_DEFAULT_REGION="us-east-1",
    ) as environment:

        def copy(name: str) -> Terraform:
            folder = tmp_path / name
            shutil.copytree(EXAMPLES / name, folder)
            return Terraform(binary, folder, environment)

        yield copy


def create_table(client: DynamoDBClient, server: SimulatedServer) -> None:
    """Create the table that Terraform would: the stand-in makes none."""
    client.create_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    server.advance(60)


@pytest.mark.parametrize("scene", FINDINGS)
def test_the_plans_of_the_scenes_are_terraforms_own(binary: str, scene: str) -> None:
    """Made again, they say the same."""
    made = settled(make(scene, binary))
    assert made == settled(plan_of(scene).read_text("utf-8"))


def add_index(client: DynamoDBClient) -> None:
    """Let an index of the table be built."""
    client.update_table(
        TableName="orders",
        AttributeDefinitions=[{"AttributeName": "email", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-email",
                    "KeySchema": [{"AttributeName": "email", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    )


def test_a_precondition_refuses_to_plan_while_a_table_is_busy(
    example: Callable[[str], Terraform],
    server: SimulatedServer,
    client: DynamoDBClient,
) -> None:
    """It says what moves; when that is done, the same plan is made."""
    create_table(client, server)
    terraform = example("guard")
    program = json.dumps([sys.executable, "-m", "dynawait"])
    option = f"-var=dynawait={program}"
    terraform.run("init")
    add_index(client)
    refused = terraform.run("plan", option, code=1)
    told = " ".join(refused.split())
    assert "Resource precondition failed" in told
    assert "The table is busy: " in told
    assert "by-email" in told
    server.advance(3600)
    made = terraform.run("plan", option)
    assert 'indexes = "by-email=ACTIVE"' in " ".join(made.split())
    terraform.run("apply", "-auto-approve", option)


def test_the_first_plan_is_made_without_a_table(
    example: Callable[[str], Terraform],
) -> None:
    """There is none yet."""
    terraform = example("guard")
    program = json.dumps([sys.executable, "-m", "dynawait"])
    terraform.run("init")
    made = terraform.run("plan", f"-var=dynawait={program}")
    assert "1 to add" in made


@pytest.mark.parametrize("server", [600], indirect=True)
def test_indexes_are_applied_beside_terraform(
    example: Callable[[str], Terraform],
    server: SimulatedServer,
    client: DynamoDBClient,
) -> None:
    """One after the other, and Terraform wants no change after that."""
    create_table(client, server)
    terraform = example("indexes")
    option = f"-var=dynawait={sys.executable} -m dynawait"
    terraform.run("init")
    terraform.run("apply", "-auto-approve", option)
    found = dynawait.sync.describe(client, "orders")
    assert {index.name: index.status for index in found.indexes.values()} == {
        "by-email": "ACTIVE",
        "by-day": "ACTIVE",
    }
    assert "No changes" in terraform.run("plan", option)


def test_the_program_speaks_the_protocol_as_the_provider_calls_it(
    server: SimulatedServer, client: DynamoDBClient
) -> None:
    """A process of its own: a query on standard input, an answer on standard output."""
    create_table(client, server)
    query = {"table": "orders", "endpoint_url": server.url, "region": "us-east-1"}
    code, answer, told = ask(query)
    assert (code, told) == (0, "")
    assert answer["status"] == "ACTIVE"
    assert all(isinstance(value, str) for value in answer.values())
    code, answer, told = ask(query | {"tabel": "x"})
    assert (code, answer) == (1, None)
    assert "did you mean table?" in told


def ask(query: dict[str, str]) -> tuple[int, Any, str]:
    """Run the program; return its exit code, its answer, and what it told."""
    done = subprocess.run(
        [sys.executable, "-m", "dynawait", "status", "--external"],
        input=json.dumps(query),
        env={
            **os.environ,
            "PYTHONPATH": str(SOURCE),
            "AWS_ACCESS_KEY_ID": "anyone",
            "AWS_SECRET_ACCESS_KEY": "anyone",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    answer = json.loads(done.stdout) if done.stdout else None
    return done.returncode, answer, done.stderr
