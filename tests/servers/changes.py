"""What the tests of changes share: requests, counted writes, scenes for all faces."""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anyio
import pytest
from faces import BLOCKING, FACES, Face

import dynawait
import dynawait.sync
from dynawait import CreateIndex, Polling

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
    from typing import TypeAlias

    from dynawait import DeleteIndex, ReplaceIndex

    Play: TypeAlias = Callable[..., None]

BRISK = Polling(floor=0.05)
PATIENCE = 25.0
TWO_FACES = (BLOCKING, Face("aiobotocore", "asyncio"))
FIVE: Any = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
SIX: Any = {"ReadCapacityUnits": 6, "WriteCapacityUnits": 6}


ALL = ("simulated", "dynamodb_local", "dynalite", "moto")
# dynalite takes no notice of an online index change.
WITH_INDEX_CHANGES = ("simulated", "dynamodb_local", "moto")
# moto does everything at once, so nobody can come in between.
WITH_INDEX_BUILDS = ("simulated", "dynamodb_local")
NAMES = ("city", "day", "state")
CREATIONS = tuple(CreateIndex(name, name, throughput=(5, 5)) for name in NAMES)
SHOWN = (
    "Error",
    "TableStatus",
    "DeletionProtectionEnabled",
    "GlobalSecondaryIndexes",
    "StreamSpecification",
)


class Session:
    """A client of a face, its table, and the writes that it has sent.

    Attributes:
        face: what runs it.
        client: its client.
        table: a table name of its own.
        writes: the operations that were sent and are no look, in order.
        trail: the latest calls and what was answered, for a failure's message.
    """

    def __init__(self, face: Face, client: Any, table: str) -> None:
        """Hook into the client."""
        self.face = face
        self.client = client
        self.table = table
        self.writes: list[str] = []
        self.trail: deque[str] = deque(maxlen=40)
        client.meta.events.register("before-call.dynamodb", self._note)
        client.meta.events.register("after-call.dynamodb", self._note_answer)

    def _note(self, model: Any, **_: Any) -> None:
        if not model.name.startswith(("Describe", "List")):
            self.writes.append(model.name)

    def _note_answer(self, model: Any, parsed: Any, **_: Any) -> None:
        table = parsed.get("Table") or parsed.get("TableDescription") or parsed
        told = {name: value for name, value in table.items() if name in SHOWN}
        self.trail.append(f"{time.monotonic():.2f} {model.name}: {told}")

    def sent(self) -> list[str]:
        """Return the writes since the last time this was asked."""
        sent, self.writes = self.writes, []
        return sent

    async def call(self, function: str, *args: Any, **options: Any) -> Any:
        """Call a function of dynawait, quick to look and bounded in time."""
        options = {"timeout": PATIENCE, "polling": BRISK} | options
        return await self.face.call(self.client, function, *args, **options)

    async def create(self, **request: Any) -> Any:
        """Create the table as `table_request` has it."""
        return await self.call(
            "safe_create_table", **table_request(self.table, **request)
        )

    async def update(self, **request: Any) -> Any:
        """Call safe_update_table for the table."""
        return await self.call("safe_update_table", TableName=self.table, **request)

    async def apply(self, *changes: Any, **options: Any) -> Any:
        """Call apply_index_changes for the table."""
        return await self.call("apply_index_changes", self.table, changes, **options)

    async def raw(self, method: str, **parameters: Any) -> Any:
        """Call a method of the client itself, on the table."""
        response = getattr(self.client, method)(TableName=self.table, **parameters)
        return response if self.face.client == "boto3" else await response

    async def beside(self, *works: Callable[[], Coroutine[Any, Any, Any]]) -> list[Any]:
        """Run some works at the same time: as tasks, or each in a thread."""
        results: list[Any] = [None] * len(works)
        if self.face.loop is None:
            with ThreadPoolExecutor(len(works)) as pool:
                return list(pool.map(self.face.run, works))

        async def keep(place: int) -> None:
            results[place] = await works[place]()

        async with anyio.create_task_group() as group:
            for place in range(len(works)):
                group.start_soon(keep, place)
        return results

    @asynccontextmanager
    async def queue(self, **options: Any) -> AsyncIterator[Callable[..., Any]]:
        """Open a queue of index changes, and give what submits to it."""
        options = {"polling": BRISK} | options
        if self.face.loop is None:
            with dynawait.sync.IndexChangeQueue(
                self.client, self.table, **options
            ) as line:

                async def submit(
                    change: CreateIndex | DeleteIndex | ReplaceIndex,
                ) -> Any:
                    return line.submit(change, timeout=PATIENCE)

                yield submit
            return
        async with dynawait.IndexChangeQueue(
            self.client, self.table, **options
        ) as queue:
            yield partial(queue.submit, timeout=PATIENCE)


def in_faces(
    url: str,
    scene: Callable[[Any], Coroutine[Any, Any, None]],
    faces: Sequence[Face] = FACES,
    *,
    together: bool = True,
    make: Callable[[Face, Any, str], Session] = Session,
    **config: Any,
) -> None:
    """Play a scene through some faces, each on a table of its own.

    Args:
        url: the endpoint.
        scene: what to do with a session.
        faces: the faces.
        together: whether all at once, or one after the other.
        make: makes the session of a face, given its client and a name of its own.
        **config: options of the clients' ``Config``.

    Raises:
        ExceptionGroup: it failed in some of them; a note says in which.
    """

    def play(face: Face) -> Exception | None:
        async def main() -> None:
            async with face.open(url, **config) as client:
                session = make(face, client, f"orders-{uuid4().hex[:12]}")
                try:
                    await scene(session)
                except Exception as error:
                    error.add_note("\n".join([f"in {face}:", *session.trail]))
                    raise

        try:
            face.run(main)
        except Exception as error:  # noqa: BLE001 - raised below, with the others
            return error
        return None

    playing = []
    for face in faces:
        playing.append(_stage(face).submit(play, face))
        if not together:
            wait(playing)
    outcomes = [each.result() for each in playing]
    failures = [error for error in outcomes if error is not None]
    if failures:
        raise ExceptionGroup("the scene has failed", failures)


@cache
def _stage(face: Face) -> ThreadPoolExecutor:
    """Return the one thread of a face, as `Face.open` keeps a session for a thread."""
    return ThreadPoolExecutor(1, thread_name_prefix=str(face))


def servers(*names: str) -> pytest.MarkDecorator:
    """Run a test against these servers; its docstring says why not against others."""
    return pytest.mark.parametrize("server", names)


def titles(steps: Any) -> list[str]:
    """Return the titles of steps."""
    return [step.title for step in steps]


def table_request(table: str, *indexes: str, **more: Any) -> dict[str, Any]:
    """Return a CreateTable; each index has the attribute of its name as its key.

    Args:
        table: its name.
        *indexes: the names of its indexes.
        **more: further parameters; without a BillingMode it is PROVISIONED.
    """
    provisioned = more.get("BillingMode", "PROVISIONED") == "PROVISIONED"
    units = {"ProvisionedThroughput": FIVE} if provisioned else {}
    names = (*indexes, *more.pop("indexes", ()))
    request = {
        "TableName": table,
        "AttributeDefinitions": attributes("id", *names),
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        **units,
        **more,
    }
    if names:
        request["GlobalSecondaryIndexes"] = [index(name, **units) for name in names]
    return request


def attributes(*names: str) -> list[dict[str, str]]:
    """Return AttributeDefinitions of strings."""
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def index(name: str, **more: Any) -> dict[str, Any]:
    """Return an index whose key is the attribute of its own name."""
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        **more,
    }
