"""A few clients of one table, in virtual time, with a script of what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from dynawait._core.locks.contender import Request
from dynawait._core.locks.keeper import Keeper, Settings
from dynawait._core.locks.store import Place
from dynawait._core.locks.timing import Tolerance
from dynawait.locks.dialects import AMAZON
from dynawait.testing._locks.memory import Table
from dynawait.testing._locks.remote import RemoteStore, Weather
from dynawait.testing._locks.world import Actor, World

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from dynawait.locks.dialects import Dialect

T = TypeVar("T")

PLACE = Place("orders")
CALL = 0.005


class Client:
    """A process with a lock client."""

    def __init__(self, scene: Scene, name: str, **settings: Any) -> None:
        """Join the others."""
        self.world: World = scene.world
        self.actor = Actor(scene.world, name)
        self.store = RemoteStore(self.actor, scene.table, Weather(latency=(CALL, CALL)))
        options = {"tolerance": Tolerance(margin=0.05), "dialect": scene.dialect}
        versions = scene.versions
        self.keeper = Keeper(
            self.actor,
            self.store,
            Settings(owner=name, table="locks", **{**options, **settings}),
            new_version=lambda: f"{name}-{next(versions)}",
        )
        self.clock = self.actor.boottime

    def start(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Start a task."""
        return self.actor.start(coroutine)

    async def calls(self, work: Callable[[], Coroutine[Any, Any, T]]) -> tuple[T, int]:
        """Return what some work returns, and how many calls it made."""
        before = self.store.calls
        result = await work()
        return result, self.store.calls - before


class Scene:
    """One table, and time."""

    def __init__(self, dialect: Dialect = AMAZON, seed: int = 1) -> None:
        """Start empty."""
        self.world = World(seed)
        self.dialect = dialect
        self.table = Table(dialect)
        self.versions = iter(range(10**9))

    def client(self, name: str = "me", **settings: Any) -> Client:
        """Return a process of its own."""
        return Client(self, name, **settings)

    def run(self, *work: tuple[Client, Coroutine[Any, Any, Any]]) -> None:
        """Run until all have ended; raise the first failure."""
        for client, coroutine in work:
            client.start(coroutine)
        self.world.run()
        if self.world.failures:
            raise self.world.failures[0]

    @property
    def row(self) -> dict[str, Any]:
        """The row of the lock."""
        return self.table.rows[PLACE]


def wanted(
    lease: float = 8.0, wait: float | None = None, heartbeat: float | None = None
) -> Request:
    """Return a request for the lock."""
    return Request(PLACE, lease, wait, heartbeat)
