"""The command line, run in this process against a simulated DynamoDB."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from dynawait._cli.run import run
from dynawait._cli.settings import Settings
from dynawait.testing import SimulatedDynamoDB
from tests.cli.json_lines import problems_of


@dataclass
class Outcome:
    """What a run has come to.

    Attributes:
        code: its exit code.
        out: what it has printed.
        err: what it has told.
    """

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The objects of ``--json`` after the line with the version."""
        first, *others = (json.loads(line) for line in self.out.splitlines())
        assert first == {"type": "version", "schema": "1.0"}
        for record in others:
            assert not problems_of(record), record
        return others

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """Return the records of a type."""
        return [record for record in self.records if record["type"] == kind]


class CommandLine:
    """The command line of a user whose DynamoDB is a simulated one."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Start a DynamoDB."""
        self.dynamodb = SimulatedDynamoDB(seed=1)
        self.client: Any = self.dynamodb.client()
        self.clients: dict[str, Any] = {"dynamodb": self.client}
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        """Run it."""
        self._capsys.readouterr()
        code = run(arguments)
        captured = self._capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    def table(self, name: str = "orders", **request: Any) -> None:
        """Create a table, and let it become active."""
        self.client.create_table(
            **{
                "TableName": name,
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                ],
                "BillingMode": "PAY_PER_REQUEST",
                **request,
            }
        )
        self.pass_time(600)

    def pass_time(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.client.__dynawait_clock__.advance(seconds)


@pytest.fixture
def cli(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Give a command line; its clients of AWS are those in `clients`."""
    found = CommandLine(capsys)
    monkeypatch.setattr(Settings, "client", lambda _, service: found.clients[service])
    return found
