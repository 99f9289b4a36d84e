"""The first three acts: a table, a billing switch, a queue of index changes."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

from ...sync import IndexChangeQueue, safe_create_table, safe_update_table
from ..exits import CommandError
from .meter import metered
from .requests import (
    CREATION,
    IN_THE_QUEUE,
    ITEMS,
    SWITCH,
    TABLE,
    batches,
    creation_of,
)

if TYPE_CHECKING:
    from ...changes import Change
    from ...plans import ChangeResult
    from ..settings import Settings
    from .stage import Stage
    from .story import Story

_GLANCE = 0.1


def make_table(settings: Settings, stage: Stage, story: Story) -> None:
    """Create a table, fill it, and create it again."""
    story.act("A table with data")
    story.say(
        f"`safe_create_table` takes what create_table takes, and returns when {TABLE} "
        "can be used. Run a second time, it finds that all is so, and sends nothing."
    )
    with metered(settings, stage.server.url) as tell:
        create: Any = safe_create_table
        create(stage.client, **CREATION, on_event=tell)
        again: ChangeResult = create(stage.client, **CREATION, on_event=tell)
        left = 0
        for batch in batches():
            answer = stage.client.batch_write_item(**batch)
            left += len(answer.get("UnprocessedItems") or ())
    story.check(f"{TABLE} is ACTIVE and holds {ITEMS} items", _items(stage) == ITEMS)
    story.check("the second call changed nothing", not again.done and not left)


def switch_billing(settings: Settings, stage: Stage, story: Story) -> None:
    """Plan a request that takes two calls, and make it."""
    story.act("A billing switch, in legal steps")
    story.say(
        "DynamoDB takes one concern a call. `safe_update_table` takes the whole "
        "request, splits it, and waits between the steps. With dry_run=True it "
        "returns the plan:"
    )
    update: Any = safe_update_table
    plan = update(stage.client, **SWITCH, dry_run=True)
    story.show(str(plan))
    with metered(settings, stage.server.url) as tell:
        result = update(stage.client, **SWITCH, on_event=tell)
    described = stage.client.describe_table(TableName=TABLE)["Table"]
    story.check(
        "billed by request, with a stream, in as many calls as planned",
        described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        and described["StreamSpecification"]["StreamEnabled"]
        and len(result.done) == len(plan) > 1,
    )


def queue_changes(settings: Settings, stage: Stage, story: Story) -> None:
    """Let somebody else begin an index, and three threads ask for changes."""
    story.act("Three index changes at once, and somebody else")
    stranger = stage.new_client()
    stranger.update_table(TableName=TABLE, **creation_of("status"))
    story.say(
        "Somebody else has just begun to build the index by-status. A plain "
        "update_table that creates by-email is refused now:"
    )
    words = _refusal(stage)
    story.show(words, "yellow")
    story.say(
        "Three threads ask all the same, through `IndexChangeQueue`. It waits for the "
        "stranger, builds by-email, finds that by-status is there as it was wanted, "
        "and deletes legacy: one at a time, first in, first out."
    )
    with metered(settings, stage.server.url) as tell:
        queue = IndexChangeQueue(stage.client, TABLE, on_event=tell)
        threads = _Threads(queue)
        with queue:
            for _, change in IN_THE_QUEUE:
                threads.submit(change)
            threads.wait()
    created = creations(stage)
    story.check("DynamoDB refused the plain call", words)
    story.check(
        "by-email was created once, after the stranger's by-status",
        created == ["by-status", "by-email"],
    )
    story.check("legacy is gone", indexes(stage) == ["by-email", "by-status"])


class _Threads:
    """Threads that ask for a change each.

    They are daemons: an interruption does not wait for a backfill.
    """

    def __init__(self, queue: IndexChangeQueue) -> None:
        self._queue = queue
        self._threads: list[threading.Thread] = []
        self._failures: list[Exception] = []

    def submit(self, change: Change) -> None:
        """Ask for a change in a new thread, and return when it stands in line."""
        thread = threading.Thread(target=self._work, args=(change,), daemon=True)
        before = self._queue.pending
        thread.start()
        while self._queue.pending == before and thread.is_alive():
            thread.join(_GLANCE / 10)
        self._threads.append(thread)

    def wait(self) -> None:
        """Wait until all of them are done, and raise what one of them has raised."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_GLANCE)
        if self._failures:
            raise self._failures[0]

    def _work(self, change: Change) -> None:
        try:
            self._queue.submit(change)
        except Exception as error:  # noqa: BLE001 - raised by `wait`
            self._failures.append(error)


def _refusal(stage: Stage) -> str:
    """Return what DynamoDB says to a plain call.

    Raises:
        CommandError: it accepts the call.
    """
    from botocore.exceptions import ClientError

    try:
        stage.client.update_table(TableName=TABLE, **creation_of("email"))
    except ClientError as error:
        told = cast("dict[str, Any]", error.response)["Error"]
        return f"{told['Code']}: {told['Message']}"
    raise CommandError("the embedded server took a second index creation")


def creations(stage: Stage) -> list[str]:
    """Return the indexes whose creation the server has taken, in order."""
    return [
        update["Create"]["IndexName"]
        for call in stage.server.calls
        if call.operation == "UpdateTable" and call.outcome == "ok"
        for update in call.parameters.get("GlobalSecondaryIndexUpdates", ())
        if "Create" in update
    ]


def indexes(stage: Stage) -> list[str]:
    """Return the indexes that can be used."""
    found = stage.server.tables[TABLE].get("GlobalSecondaryIndexes") or ()
    return sorted(
        each["IndexName"] for each in found if each["IndexStatus"] == "ACTIVE"
    )


def _items(stage: Stage) -> int:
    pages = stage.client.get_paginator("scan").paginate(TableName=TABLE, Select="COUNT")
    return sum(page["Count"] for page in pages)
