"""What happens around a wait: tables that change meanwhile, and a witness of it all."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dynawait import Event

PATIENCE = 20.0
THROUGHPUT: Any = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


class Witness:
    """An observer that remembers events, and lets another thread wait for one."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self.events: list[Event] = []
        self._change = threading.Condition()

    def __call__(self, event: Event) -> None:
        """Take an event."""
        with self._change:
            self.events.append(event)
            self._change.notify_all()

    def texts(self, name: str) -> list[str]:
        """Return the texts of the events of one name, in order."""
        return [event.text for event in self.events if event.name == name]

    def until(self, name: str, *, part: str = "") -> None:
        """Block until there is an event of this name with this part in its text."""
        with self._change:
            seen = self._change.wait_for(
                lambda: any(part in text for text in self.texts(name)), PATIENCE
            )
        assert seen, f"no {name} with {part!r} in {PATIENCE:g} s: {self.events}"


@contextmanager
def meanwhile(*actions: Callable[[], object]) -> Iterator[None]:
    """Run some actions, one after the other, in a thread beside the block."""

    def act() -> None:
        for action in actions:
            action()

    with ThreadPoolExecutor(1) as pool:
        acting = pool.submit(act)
        yield
        acting.result(PATIENCE)


@contextmanager
def silent_server() -> Iterator[str]:
    """Give an endpoint that takes every connection and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def create(client: Any, table: str, *indexes: str) -> None:
    """Create a table; each index has the attribute of its own name as its key."""
    request: dict[str, Any] = {
        "TableName": table,
        "AttributeDefinitions": _attributes("id", *indexes),
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "ProvisionedThroughput": THROUGHPUT,
    }
    if indexes:
        request["GlobalSecondaryIndexes"] = [_index(name) for name in indexes]
    client.create_table(**request)


def add_index(client: Any, table: str, index: str) -> None:
    """Ask for an index with the attribute of its own name as its key."""
    client.update_table(
        TableName=table,
        AttributeDefinitions=_attributes("id", index),
        GlobalSecondaryIndexUpdates=[{"Create": _index(index)}],
    )


def drop_index(client: Any, table: str, index: str) -> None:
    """Ask for the end of an index."""
    client.update_table(
        TableName=table,
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}],
    )


def _attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def _index(name: str) -> dict[str, Any]:
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "ProvisionedThroughput": THROUGHPUT,
    }
