"""The six ways in which one core runs, behind one door for the tests."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol

import anyio
import trio

import dynawait
import dynawait.sync
from dynawait.testing import SimulatedDynamoDB, simulate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

KEY = [{"AttributeName": "pk", "KeyType": "HASH"}]


def service(**options: Any) -> SimulatedDynamoDB:
    """Return a simulated DynamoDB."""
    return SimulatedDynamoDB(seed=1, **options)


class Job:
    """One call of a public function: its name and what comes after the client."""

    def __init__(self, function: str, *arguments: Any, **options: Any) -> None:
        """Take the name, and what comes after the client."""
        self.function = function
        self.arguments = arguments
        self.options = options


class Face(Protocol):
    """One way to run public functions."""

    dynamodb: SimulatedDynamoDB

    def outcomes(self, jobs: Sequence[Job]) -> list[Any]:
        """Run jobs side by side through one client; return results and errors."""
        ...


def run(face: Face, function: str, *arguments: Any, **options: Any) -> Any:
    """Call one public function, and return or raise what came of it."""
    (outcome,) = together(face, Job(function, *arguments, **options))
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def together(face: Face, *jobs: Job) -> list[Any]:
    """Call public functions side by side; errors are among the results."""
    return face.outcomes(jobs)


class BlockingFace:
    """`dynawait.sync`: for several jobs, a thread each."""

    def __init__(self, dynamodb: SimulatedDynamoDB) -> None:
        """Talk to this service."""
        self.dynamodb = dynamodb

    def outcomes(self, jobs: Sequence[Job]) -> list[Any]:
        """Call in this thread, or in a thread for each job."""
        client = self.dynamodb.client()

        def work(job: Job) -> Any:
            function = getattr(dynawait.sync, job.function)
            try:
                return function(client, *job.arguments, **job.options)
            except Exception as error:  # noqa: BLE001 - it is the outcome
                return error

        if len(jobs) == 1:
            return [work(jobs[0])]
        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(work, jobs))


class AsyncFace:
    """`dynawait` on an event loop, with either kind of client."""

    def __init__(
        self,
        dynamodb: SimulatedDynamoDB,
        enter: Callable[[Callable[[], Awaitable[Any]]], Any],
        *,
        threads: bool = False,
    ) -> None:
        """Enter the event loop by `enter`; call from worker threads if asked to."""
        self.dynamodb = dynamodb
        self._enter = enter
        self._threads = threads

    def outcomes(self, jobs: Sequence[Job]) -> list[Any]:
        """Call in a task for each job."""
        found: dict[int, Any] = {}

        async def main() -> None:
            client: Any = (
                self.dynamodb.client()
                if self._threads
                else self.dynamodb.async_client()
            )

            async def work(place: int, job: Job) -> None:
                function = getattr(dynawait, job.function)
                try:
                    found[place] = await function(client, *job.arguments, **job.options)
                except Exception as error:  # noqa: BLE001 - it is the outcome
                    found[place] = error

            async with anyio.create_task_group() as group:
                for place, job in enumerate(jobs):
                    group.start_soon(work, place, job)

        self._enter(main)
        return [found[place] for place in range(len(jobs))]


class SimulatedFace:
    """`dynawait` on the deterministic scheduler."""

    def __init__(self, dynamodb: SimulatedDynamoDB) -> None:
        """Talk to this service."""
        self.dynamodb = dynamodb

    def outcomes(self, jobs: Sequence[Job]) -> list[Any]:
        """Call in an actor, side by side."""

        async def actor(client: Any) -> list[Any]:
            async def work(job: Job) -> Any:
                function = getattr(dynawait, job.function)
                try:
                    return await function(client, *job.arguments, **job.options)
                except Exception as error:  # noqa: BLE001 - it is the outcome
                    return error

            gateway = client.__dynawait_gateway__()
            found: list[Any] = await gateway.gather(work(job) for job in jobs)
            return found

        history = simulate({"actor": actor}, seed=1, service=self.dynamodb)
        found: list[Any] = history.result("actor")
        return found


def on_asyncio(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run on asyncio; nothing may be left over when it ends."""

    async def whole() -> Any:
        result = await main()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    return asyncio.run(whole())


def on_asyncio_debug(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run on asyncio in its debug mode."""

    async def whole() -> Any:
        asyncio.get_running_loop().slow_callback_duration = 60
        return await main()

    return asyncio.run(whole(), debug=True)


def on_asyncio_eagerly(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run on asyncio with tasks that start at once; Python 3.12 brings them."""

    async def whole() -> Any:
        factory: Any = getattr(asyncio, "eager_task_factory")  # noqa: B009 - not in 3.11
        asyncio.get_running_loop().set_task_factory(factory)
        return await main()

    return asyncio.run(whole())


def on_trio(main: Callable[[], Awaitable[Any]]) -> Any:
    """Run on trio."""
    return trio.run(main)


FACES: dict[str, Callable[[SimulatedDynamoDB], Face]] = {
    "blocking": BlockingFace,
    "asyncio": lambda dynamodb: AsyncFace(dynamodb, on_asyncio),
    "asyncio-debug": lambda dynamodb: AsyncFace(dynamodb, on_asyncio_debug),
    "asyncio-threads": lambda dynamodb: AsyncFace(dynamodb, on_asyncio, threads=True),
    "trio": lambda dynamodb: AsyncFace(dynamodb, on_trio),
    "trio-threads": lambda dynamodb: AsyncFace(dynamodb, on_trio, threads=True),
    "scheduler": SimulatedFace,
}
if hasattr(asyncio, "eager_task_factory"):
    FACES["asyncio-eager"] = lambda dynamodb: AsyncFace(dynamodb, on_asyncio_eagerly)


def create(dynamodb: SimulatedDynamoDB, name: str = "orders", *indexes: str) -> None:
    """Create a table with a client of its own, at once and without faults."""
    request: dict[str, Any] = {}
    if indexes:
        request["GlobalSecondaryIndexes"] = [
            {
                "IndexName": index,
                "KeySchema": KEY,
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in indexes
        ]
    dynamodb.client().create_table(
        TableName=name,
        KeySchema=KEY,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **request,
    )


def own_threads(before: Iterable[threading.Thread] = ()) -> list[str]:
    """Name the threads that the blocking face has started since and that still run."""
    running = set(threading.enumerate()) - set(before)
    return sorted(t.name for t in running if t.name.startswith("dynawait"))
