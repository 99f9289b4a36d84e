"""The last two acts: a process that is killed, and one that goes on."""

from __future__ import annotations

from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from ...events import Event
from ...locks.owners import local_owner_alive
from ...sync.locks import LockClient
from ..exits import CommandError
from ..shapes import short_name
from ..spans import spell
from .acts import creations, indexes
from .meter import metered
from .requests import ITEMS, LEASE, LOCK, LOCKS, TABLE, creation_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..settings import Settings
    from .stage import Process, Stage
    from .story import Story

_NEW = "by-day"
_LOCKED = ("--lock-table", LOCKS, "--lock-lease", f"{LEASE:g}s")
_SPELT = f"dynawait indexes apply {TABLE} {_NEW}.json {' '.join(_LOCKED)}"


def kill_a_run(settings: Settings, stage: Stage, story: Story) -> None:
    """Start a change in a process of its own, and kill it in mid-backfill."""
    story.act("A deployment that is killed")
    locks = LockClient(stage.client, LOCKS)
    locks.ensure_table()
    story.say(
        "This program, in a process of its own, creates the index by-day and holds a "
        "lock meanwhile. In the middle of the backfill it is killed (SIGKILL):"
    )
    story.show(f"$ {_SPELT}")
    with metered(settings, stage.server.url) as tell, _run(stage, tell) as process:
        stage.until(partial(_backfills, stage, process), f"{_NEW} is backfilled")
        code = process.kill()
    record = locks.inspect(LOCK)
    told = f"pid={process.pid}"
    story.check(
        f"the process {process.pid} was killed, and {_NEW} was half built",
        code != 0 and _NEW not in indexes(stage),
    )
    story.check(
        "its lock is still there, as nobody gave it back",
        record is not None
        and not record.released
        and told in str(record.acquired_by)
        and local_owner_alive(record) is not True,
    )


def run_it_again(settings: Settings, stage: Stage, story: Story) -> None:
    """Run the same command, which takes the lock over and goes on."""
    story.act("The same command again")
    story.say(
        f"The lock is stale when it has shown no sign of life for {LEASE:g} seconds. "
        "Then the next process takes it over, with a higher fencing token, sees that "
        "by-day is being built as it is wanted, and waits for it. No call is repeated."
    )
    story.show(f"$ {_SPELT}")
    locks = LockClient(stage.client, LOCKS)
    before = locks.inspect(LOCK)
    began = monotonic()
    with metered(settings, stage.server.url) as tell, _run(stage, tell) as process:
        stage.until(lambda: process.ended or _is_of(locks, process), "it has the lock")
        waited = monotonic() - began
        code = process.wait()
        if code != 0:
            raise CommandError(
                f"the second process ended with {code}: {process.complaint}"
            )
    after = locks.inspect(LOCK)
    story.check(
        f"the stale lock was taken over after {spell(waited)}, and given back",
        before is not None
        and after is not None
        and after.released
        and (after.fencing_token or 0) > (before.fencing_token or 0),
    )
    story.check(
        f"{_NEW} is ACTIVE, and its creation was sent once",
        _NEW in indexes(stage) and creations(stage).count(_NEW) == 1,
    )
    story.check(
        f"all {ITEMS} items are found through {_NEW}", _found(stage, _NEW) == ITEMS
    )


def _run(stage: Stage, tell: Callable[[Event], object]) -> Any:
    """Start the command whose line the story shows."""
    file = stage.write(f"{_NEW}.json", creation_of("day"))
    return stage.process(
        *("indexes", "apply", TABLE, file, *_LOCKED),
        hear=partial(_pass_on, tell),
    )


def _pass_on(tell: Callable[[Event], object], record: dict[str, Any]) -> None:
    """Tell what another process has told."""
    if record["type"] != "event":
        return
    tell(
        Event(
            record["event"],
            short_name(record["table"]),
            record["awaited"],
            record["elapsed"],
            0,
            record["text"],
            reasons=tuple(record["reasons"]),
        )
    )


def _backfills(stage: Stage, process: Process) -> bool:
    """Tell whether the index is in its second phase.

    Raises:
        CommandError: the process has ended before.
    """
    if process.ended:
        raise CommandError(f"the process ended by itself: {process.complaint}")
    found = stage.server.tables[TABLE].get("GlobalSecondaryIndexes") or ()
    return any(each["IndexName"] == _NEW and each.get("Backfilling") for each in found)


def _is_of(locks: LockClient, process: Process) -> bool:
    record = locks.inspect(LOCK)
    return record is not None and f"pid={process.pid}" in str(record.acquired_by)


def _found(stage: Stage, index: str) -> int:
    pages = stage.client.get_paginator("scan").paginate(
        TableName=TABLE, IndexName=index, Select="COUNT"
    )
    return sum(page["Count"] for page in pages)
