"""A Lambda function that takes one turn of a change; a state machine calls it again."""

from __future__ import annotations

from functools import cache
from math import ceil
from typing import TYPE_CHECKING, Any

import boto3

from dynawait import CreateIndex, DeleteIndex
from dynawait.sync import advance

if TYPE_CHECKING:
    from dynawait.changes import Change

CHANGES: list[Change] = [
    CreateIndex("by-day", partition_key="day"),
    DeleteIndex("by-email"),
]
# A standard workflow may record 25,000 events, and a turn takes nine: with pauses of
# five minutes that is more than nine days.
PAUSE = 300


@cache
def client() -> Any:
    """Return the client that warm starts share."""
    return boto3.client("dynamodb")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Take a turn, and say whether there is more to do, and when.

    What can never work raises, and so fails the execution, with the reason.
    """
    turn = advance(client(), event["table"], CHANGES)
    return {
        "table": event["table"],
        "finished": turn.finished,
        "seconds": max(PAUSE, ceil(turn.retry_after or 0)),
        "waits_for": list(turn.reasons),
    }
