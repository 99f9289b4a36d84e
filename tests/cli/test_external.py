"""``dynawait status --external``: Terraform asks for a table."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import CommandLine, Outcome

    Ask = Callable[..., Outcome]


@pytest.fixture
def ask(cli: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Give what asks as Terraform does."""

    def ask(query: object, *arguments: str) -> Outcome:
        text = query if isinstance(query, str) else json.dumps(query)
        source: Any = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", source)
        return cli("status", "--external", *arguments)

    return ask


def test_the_answer_is_one_flat_object_of_strings(cli: CommandLine, ask: Ask) -> None:
    """Of a table that is quiet."""
    cli.table()
    done = ask({"table": "orders"})
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {
        "table": "orders",
        "status": "ACTIVE",
        "quiet": "true",
        "blockers": "",
        "indexes": "",
    }


def test_a_busy_table_says_what_moves(cli: CommandLine, ask: Ask) -> None:
    """So that a precondition can show it."""
    cli.table()
    for name in ("by-email", "by-day"):
        cli.client.update_table(
            TableName="orders",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": name,
                        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                }
            ],
        )
        cli.pass_time(3600 if name == "by-email" else 5)
    found = json.loads(ask({"table": "orders"}).out)
    assert found["quiet"] == "false"
    assert "by-day" in found["blockers"]
    assert found["indexes"] == "by-email=ACTIVE,by-day=CREATING"


def test_a_table_that_is_not_there_is_an_answer(ask: Ask) -> None:
    """The first plan is made before there is a table."""
    done = ask({"table": "orders"})
    assert done.code == 0
    found = json.loads(done.out)
    assert (found["table"], found["status"]) == ("orders", "ABSENT")
    assert (found["quiet"], found["blockers"]) == ("false", "table does not exist")


def test_the_table_may_be_on_the_line(cli: CommandLine, ask: Ask) -> None:
    """Of ``program = ["dynawait", "status", "--external", "orders"]``."""
    cli.table()
    assert json.loads(ask({}, "orders").out)["status"] == "ACTIVE"
    assert json.loads(ask({"table": "users"}, "orders").out)["status"] == "ABSENT"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "standard input is empty"),
        ("[1", "no JSON"),
        ([], "no JSON object"),
        ({}, "names no table"),
        ({"table": ""}, "names no table"),
        ({"table": 7}, "table is no string"),
        ({"tabel": "orders"}, "did you mean table?"),
        ({"table": "or ders"}, "table"),
    ],
)
def test_what_cannot_be_answered_exits_with_1(
    ask: Ask, query: object, words: str
) -> None:
    """And says why on standard error: Terraform shows that, and no plan is made."""
    done = ask(query)
    assert (done.code, done.out) == (1, "")
    assert words in done.err


def test_an_error_of_aws_exits_with_1(
    cli: CommandLine, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The protocol knows no other code."""
    monkeypatch.delitem(cli.clients, "dynamodb")
    cli.clients["dynamodb"] = Denied()
    done = ask({"table": "orders"})
    assert (done.code, done.out) == (1, "")
    assert "AccessDeniedException" in done.err


class Denied:
    """A client that may do nothing."""

    def describe_table(self, **_: Any) -> Any:
        """Refuse."""
        from botocore.exceptions import ClientError

        error: Any = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        raise ClientError(error, "DescribeTable")


def test_the_query_says_where_dynamodb_is(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Region, endpoint and profile, as the line does otherwise."""
    seen: list[Settings] = []

    def refuse(self: Settings, service: str) -> Any:
        seen.append(self)
        return Denied()

    monkeypatch.setattr(Settings, "client", refuse)
    where = {"region": "eu-west-1", "endpoint_url": "http://x", "profile": "me"}
    assert ask({"table": "orders", **where}, "--region", "us-east-1").code == 1
    (settings,) = seen
    found = (settings.region, settings.endpoint_url, settings.profile)
    assert found == ("eu-west-1", "http://x", "me")


def test_at_a_terminal_it_does_not_wait_for_a_query(
    cli: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody tries it, and learns how it is used."""
    source: Any = io.StringIO()
    monkeypatch.setattr(source, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stdin", source)
    done = cli("status", "--external")
    assert (done.code, "query = { table" in done.err) == (1, True)


def test_without_it_a_table_must_be_named(cli: CommandLine) -> None:
    """As before."""
    done = cli("status")
    assert (done.code, "name a table" in done.err) == (2, True)
