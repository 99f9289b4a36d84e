"""What the tests of locks share: sessions of every face, and tables of their own."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import anyio
import pytest
from botocore.exceptions import ClientError
from changes import Session, in_faces
from faces import BLOCKING, FACES

import dynawait.locks
import dynawait.sync.locks
from tests.gateways.either import got, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from faces import Face

    from dynawait import Event
    from dynawait.locks.records import LockRecord

LEASE = 3.0
"""A lease that is waited for, and that survives a busy machine, in seconds."""
LONG = 20.0
"""A lease that nobody waits for, in seconds."""
DEAD = 0.6
"""A lease that nobody renews, in seconds."""
OVER = DEAD * 1.05 + 0.1
"""After how long everybody else knows that it is over, in seconds."""
SLACK = 2.5
"""By how much a busy machine may be late, in seconds."""


class LockSession(Session):
    """A client of a face, a table of locks, and keys that no other session uses.

    Attributes:
        name: what its keys begin with.
        events: what its lock clients have told, in order.
    """

    def __init__(self, table: str, face: Face, client: Any, name: str) -> None:
        """Hook into the client."""
        super().__init__(face, client, table)
        self.name = f"{name}/"
        self.events: list[Event] = []

    def locks(self, **options: Any) -> Any:
        """Return a lock client of the face."""
        face = dynawait.sync.locks if self.face.loop is None else dynawait.locks
        options = {"on_event": self.events.append} | options
        return face.LockClient(self.client, self.table, **options)

    def terraform(self, **options: Any) -> Any:
        """Return the face's client of Terraform's locks."""
        face = dynawait.sync.locks if self.face.loop is None else dynawait.locks
        return face.TerraformLocks(self.client, self.table, **options)

    def key(self, name: str = "it") -> str:
        """Return a key of its own."""
        return self.name + name

    def told(self, name: str) -> int:
        """Tell how many events there were of a name."""
        return sum(event.name == name for event in self.events)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        if self.face.loop is None:
            time.sleep(seconds)  # noqa: ASYNC251 - the blocking face has no loop
        else:
            await anyio.sleep(seconds)

    async def until(self, so: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until something is so."""
        end = time.monotonic() + seconds
        while not so():
            assert time.monotonic() < end, f"not so after {seconds:g} s: {self.events}"
            await self.sleep(0.02)

    async def listed(self, locks: Any) -> dict[str, LockRecord]:
        """Return the records whose keys are of this session, by their names."""
        return {
            each.key.removeprefix(self.name): each
            for each in await listed(locks.records())
            if each.key.startswith(self.name)
        }


def in_lock_faces(
    url: str,
    table: str,
    scene: Callable[[LockSession], Coroutine[Any, Any, None]],
    faces: Sequence[Face] = FACES,
    *,
    together: bool = True,
    **config: Any,
) -> None:
    """Play a scene through some faces, in one table.

    Args:
        url: the endpoint.
        table: the table of the locks.
        scene: what to do with a session.
        faces: the faces.
        together: whether all at once, or one after the other.
        **config: options of the clients' ``Config``.

    Raises:
        ExceptionGroup: it failed in some of them; a note says in which.
    """
    make = partial(LockSession, table)
    in_faces(url, scene, faces, together=together, make=make, **config)


class Tables:
    """Tables of locks on one server, each made when it is first asked for."""

    def __init__(self, url: str) -> None:
        """Start without any."""
        self.url = url
        self._names: dict[tuple[Any, ...], str] = {}

    def of(self, dialect: str = "amazon", table: str = "locks", **names: str) -> str:
        """Return the name of a table for a dialect, with these names of its key."""
        kind = (dialect, table, *sorted(names.items()))
        if kind not in self._names:
            table = f"{table}-{len(self._names)}-{dialect}"

            async def make() -> None:
                async with BLOCKING.open(self.url) as client:
                    session = LockSession(table, BLOCKING, client, "")
                    locks = session.locks(dialect=dialect, **names)
                    await got(locks.ensure_table(timeout=30))
                    _keep_rows(client, table)

            BLOCKING.run(make)
            self._names[kind] = table
        return self._names[kind]


def _keep_rows(client: Any, table: str) -> None:
    """Switch time to live off again, where the server lets us.

    DynamoDB Local 3.3.0 with seven tables that have it carries out no index change of
    any table any more, until some of them have not.
    """
    with suppress(ClientError):  # unknown, or changed too lately
        found = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if found["TimeToLiveStatus"] == "ENABLED":
            off = {"Enabled": False, "AttributeName": found["AttributeName"]}
            client.update_time_to_live(TableName=table, TimeToLiveSpecification=off)


def missing(text: str) -> NoReturn:
    """Skip a test whose peer is not there; fail where all of them must be."""
    if os.environ.get("CI") == "true":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)
