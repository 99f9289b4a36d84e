"""What the tests of changes share: files, indexes, and somebody who meddles."""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from dynawait._cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from tests.cli.conftest import CommandLine


def index(name: str, key: str = "email", **more: Any) -> dict[str, Any]:
    """Return the ``Create`` of an index."""
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **more,
    }


def changes(*updates: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an UpdateTable with index changes and the attributes of their keys."""
    names = {
        element["AttributeName"]
        for update in updates
        for element in update.get("Create", {}).get("KeySchema", ())
    }
    definitions = [{"AttributeName": n, "AttributeType": "S"} for n in sorted(names)]
    return {
        **({"AttributeDefinitions": definitions} if definitions else {}),
        "GlobalSecondaryIndexUpdates": list(updates),
        **more,
    }


def written(folder: Path, request: object, name: str = "request.json") -> str:
    """Return the name of a file with a request."""
    file = folder / name
    file.write_text(json.dumps(request), encoding="utf-8")
    return str(file)


def writes(cli: CommandLine) -> list[str]:
    """Return the operations that have changed something, in their order."""
    return [
        call.operation
        for call in cli.dynamodb.calls
        if not call.operation.startswith(("Describe", "List", "Get"))
    ]


class Meddled:
    """A client with whose calls somebody meddles."""

    def __init__(self, client: Any, before: Callable[[str, int], object]) -> None:
        """Take the client.

        Args:
            client: the client.
            before: called before each call, with the method and how often it was used.
        """
        self._client = client
        self._before = before
        self._counts: dict[str, int] = {}
        self.meta = client.meta
        self.exceptions = client.exceptions
        self.__dynawait_clock__ = client.__dynawait_clock__

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method."""
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            self._counts[name] = self._counts.get(name, 0) + 1
            self._before(name, self._counts[name])
            return method(**parameters)

        return call

    def describe_table(self, **parameters: Any) -> Any:
        """Describe a table; by this method a client is known."""
        return self.__getattr__("describe_table")(**parameters)


def meddle(cli: CommandLine, before: Callable[[str, int], object]) -> None:
    """Let somebody meddle with the calls of the command line."""
    cli.clients["dynamodb"] = Meddled(cli.client, before)


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Let a person sit there, who types this when asked."""
    monkeypatch.setattr(Output, "can_ask", property(lambda _: True))
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
