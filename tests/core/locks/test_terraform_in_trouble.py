"""Terraform's locks among several clients, some of which die, in bad weather."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynawait._core.locks.terraform import (
    assess_lock,
    look,
    unlock,
)
from dynawait._core.locks.terraform_hold import Saying
from dynawait.errors import LockMismatchError
from dynawait.locks.dialects import TERRAFORM
from dynawait.testing._locks.remote import Weather
from tests.core.locks.scene import Client, Scene
from tests.core.locks.test_terraform import take

if TYPE_CHECKING:
    from dynawait.locks.records import LockRecord

PATH = "states/app.tfstate"
BAD = Weather(latency=(0.002, 0.05), lost=0.15, dropped=0.1, throttled=0.1)
WORKERS = 5


class Yard:
    """Workers that take turns, mortals among them, and a janitor who frees for them.

    Attributes:
        scene: the table and the time.
        inside: who is at work, in true time.
        served: who has been.
        freed: whose lock the janitor has freed.
    """

    def __init__(self, seed: int) -> None:
        """Begin with nobody at work."""
        self.scene = Scene(TERRAFORM, seed)
        self.inside: set[str] = set()
        self.served: list[str] = []
        self.dead: set[str] = set()
        self.freed: list[str] = []
        self.names = [f"w{number}" for number in range(WORKERS)]
        self.mortals = set(self.scene.world.random.sample(self.names, 2))

    def client(self, name: str) -> Client:
        """Return a client in bad weather."""
        client = self.scene.client(name)
        client.store.weather = BAD
        return client

    async def work(self, me: Client, name: str) -> None:
        """Take the lock, work alone, and give it back or die."""
        claim = Saying(operation="migration", info="", who=name, version="")
        hold = await take(me.keeper, PATH, claim)
        assert not self.inside
        self.inside.add(name)
        await me.actor.sleep(self.scene.world.random.uniform(0.1, 3))
        self.inside.remove(name)
        self.served.append(name)
        if name in self.mortals:
            self.dead.add(name)
            self.scene.world.at(self.scene.world.time, me.actor.kill)
            await me.actor.sleep(1)
        await hold.close(None)

    async def clean(self, me: Client) -> None:
        """Free the locks of the dead until everybody was served."""

        def is_owner_alive(record: LockRecord) -> bool:
            return record.owner not in self.dead

        while len(self.freed) < len(self.mortals) or len(self.served) < WORKERS:
            await me.actor.sleep(0.5)
            found = await assess_lock(me.keeper, PATH, is_owner_alive=is_owner_alive)
            assert found.verdict in ("ABSENT", "HELD", "STALE")
            if found.verdict != "STALE" or found.record is None:
                continue
            with_id = found.record.version
            try:
                lock = await unlock(me.keeper, PATH, with_id)
            except LockMismatchError:
                continue
            self.freed.append(lock.who)


@pytest.mark.parametrize("seed", range(100))
def test_nobody_is_kept_out_by_the_dead_and_nobody_is_thrown_out(seed: int) -> None:
    """One at a time; all are served; only locks of the dead are unlocked."""
    yard = Yard(seed)
    janitor = yard.client("janitor")
    workers = [(yard.client(name), name) for name in yard.names]
    yard.scene.run(
        (janitor, yard.clean(janitor)),
        *((client, yard.work(client, name)) for client, name in workers),
    )
    assert sorted(yard.served) == yard.names
    assert set(yard.freed) == yard.mortals
    assert yard.scene.table.rows == {}


def test_a_lock_that_is_looked_at_is_not_touched() -> None:
    """Looks and verdicts are reads."""
    yard = Yard(0)
    me = yard.client("me")

    async def work() -> None:
        claim = Saying(operation="o", info="", who="me", version="")
        hold = await take(me.keeper, PATH, claim)
        before = dict(yard.scene.table.rows)
        for _ in range(20):
            assert await look(me.keeper, PATH) == hold.lock
            await assess_lock(me.keeper, PATH, is_owner_alive=lambda _: False)
        assert yard.scene.table.rows == before

    yard.scene.run((me, work()))
