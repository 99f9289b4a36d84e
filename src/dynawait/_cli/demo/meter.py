"""How far the embedded server has come, which DynamoDB itself does not tell."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ...events import Event, Progress
from ..progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ..settings import Settings

_EVERY = 0.2
# On a live picture the meter says the rest, so that its line does not flicker.
_LASTING = ("change.warned", "step.finished", "step.failed", "step.retried")


@contextmanager
def metered(settings: Settings, url: str) -> Generator[Callable[[Event], object]]:
    """Give an observer; on a terminal, bars show how far the server has come."""
    with progress(settings, fleeting=True) as tell:
        if not settings.output.is_live:
            yield tell
            return

        def hear(event: Event) -> None:
            if event.name in _LASTING:
                tell(event)

        over = threading.Event()
        thread = threading.Thread(target=_watch, args=(url, tell, over), daemon=True)
        thread.start()
        try:
            yield hear
        finally:
            over.set()
            thread.join()


def _watch(url: str, tell: Callable[[Event], object], over: threading.Event) -> None:
    address = urlsplit(url)
    connection = HTTPConnection(str(address.hostname), address.port, timeout=5)
    while not over.wait(_EVERY):
        try:
            connection.request("GET", "/_dynawait/state")
            seen = json.load(connection.getresponse())
        except (OSError, HTTPException):  # the server is going, and the demo with it
            return
        for table in seen["tables"]:
            for event in _events(table):
                tell(event)
    connection.close()


def _events(table: dict[str, Any]) -> Generator[Event]:
    """Yield a table's line: what is under way on it, and how far it has come."""
    parts = [("", table["phases"])]
    parts += [(part["name"], part["phases"]) for part in table["parts"]]
    moving = [(name, phase) for name, phases in parts for phase in phases]
    if not moving:
        return
    name, phase = moving[-1]
    words = f"{name}: {phase['name']}" if name else str(phase["name"])
    share = phase["fraction"]
    yield Event(
        "change.progress",
        table["name"],
        "",
        0.0,
        0,
        words,
        progress=Progress(
            index=name,
            phase=None,
            elapsed=0.0,
            percent=None if share is None else 100.0 * share,
        ),
    )
