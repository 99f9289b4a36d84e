"""Locks on a server that falls silent while they are held."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from faces import FACES
from launch import simulated
from locks import SLACK, LockSession, Tables, in_lock_faces
from scenes import meanwhile

from dynawait.errors import LockLostError
from tests.gateways.either import Within

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE = 1.5


@pytest.mark.skipif(os.name == "nt", reason="a server is stopped by a signal")
def test_a_lease_ends_in_time_when_no_call_is_answered() -> None:
    """Its heartbeats hang, and yet it is over before another could have the lock."""
    held, told = list[Any](), list[tuple[float, Any]]()
    silent = list[float]()

    async def scene(session: LockSession) -> None:
        def note(lease: Any) -> None:
            told.append((time.monotonic(), lease))

        async def work() -> None:
            hold = session.locks().hold(session.key(), lease=LEASE, on_lost=note)
            async with Within(hold) as lease:
                held.append(lease)
                if session.face.loop is not None:
                    await session.sleep(60)
                    raise AssertionError
                await session.until(lambda: not lease.valid)
                with pytest.raises(LockLostError):
                    lease.check()
                await session.until(lambda: len(told) == len(FACES))

        with pytest.raises(LockLostError) as caught:
            await work()
        assert caught.value.reason == "expired"
        assert session.told("lock.lost") == 1

    def wait(so: Callable[[], bool]) -> None:
        end = time.monotonic() + 20
        while not so():
            assert time.monotonic() < end
            time.sleep(0.01)

    with simulated(speed=600) as server:

        def fall_silent() -> None:
            wait(lambda: len(held) == len(FACES))
            silent.append(time.monotonic())
            os.kill(server.pid, signal.SIGSTOP)
            try:
                wait(lambda: len(told) == len(FACES))
            finally:
                os.kill(server.pid, signal.SIGCONT)

        tables = Tables(server.url)
        table = tables.of()
        with meanwhile(fall_silent):
            in_lock_faces(server.url, table, scene, read_timeout=1, connect_timeout=1)
    assert {lease.lost for _, lease in told} == {"expired"}
    assert max(at for at, _ in told) - silent[0] < LEASE + SLACK / 3
