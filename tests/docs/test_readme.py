"""The examples of the README run, on a simulated account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import boto3

from dynawait.sync import safe_create_table, safe_update_table
from dynawait.testing import SimulatedDynamoDB
from tests.docs.page_examples import DOCS, execute, shows
from tests.docs.shell_examples import Shell, steps

if TYPE_CHECKING:
    import pytest

README = (DOCS.parent / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TERMINALS = re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
TEXTS = re.findall(r"^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
LEGACY: dict[str, Any] = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "id", "AttributeType": "S"},
        {"AttributeName": "old", "AttributeType": "S"},
    ],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "legacy",
            "KeySchema": [{"AttributeName": "old", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


def prepared() -> SimulatedDynamoDB:
    """Return an account with the table that the README speaks of."""
    dynamodb = SimulatedDynamoDB(seed=1)
    safe_create_table(dynamodb.client(), **LEGACY)
    return dynamodb


def test_the_examples_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each Python block runs; those that await, on an asynchronous client."""
    dynamodb = prepared()
    monkeypatch.setattr(boto3, "client", lambda _service: dynamodb.client())
    for block in BLOCKS:
        awaits = re.search(r"^(state = )?(await|async) ", block, re.MULTILINE)
        names = {"client": dynamodb.async_client()} if awaits else {}
        execute(block, "README.md", names)
    indexes = dynamodb.tables["orders"]["GlobalSecondaryIndexes"]
    assert {each["IndexName"] for each in indexes} == {
        "by-day",
        "by-email",
        "by-status",
    }


def test_the_plan_is_the_one_of_the_first_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the README shows as a plan is that of its first request."""
    planned: list[Any] = []

    def plan_only(client: Any, **request: Any) -> Any:
        request.pop("on_event")
        planned.append(safe_update_table(client, **request, dry_run=True))
        return planned[-1]

    monkeypatch.setattr(boto3, "client", lambda _service: prepared().client())
    monkeypatch.setattr("dynawait.sync.safe_update_table", plan_only)
    execute(BLOCKS[0], "README.md", {})
    assert f"{planned[0]}\n" in TEXTS


def test_the_command_line_prints_what_is_shown() -> None:
    """Each command, in the order of the README."""
    shell = Shell()
    for block in TERMINALS:
        for line, expected in steps(block):
            assert shows(expected, shell.run(line)), line
    assert TERMINALS
