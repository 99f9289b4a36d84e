"""Stories of the blocking `LockClient`: threads, virtual time, and bad weather."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING

import pytest

from dynawait.errors import LockLostError, LockTimeoutError
from dynawait.sync.locks import LockClient
from dynawait.testing import Faults
from tests.gateways.locks import service
from tests.simulation.locks.judges import Held, Judge

if TYPE_CHECKING:
    from dynawait._core.locks.keeper import Fairness
    from dynawait.sync.locks import Lease
    from dynawait.testing import SimulatedDynamoDB

ROUGH = Faults(
    throttle=0.05,
    dropped=0.05,
    lost_response=0.05,
    server_error=0.05,
    latency=(0.005, 0.1),
)


class Threads:
    """Processes of a few threads each.

    Attributes:
        name: what they are called, to the judge.
        dead: nobody dies here.
    """

    name = "threads"
    dead = False

    def __init__(self, seed: int) -> None:
        """Draw how they are set up."""
        self.random = Random(seed)
        self.dynamodb: SimulatedDynamoDB = service()
        self.dynamodb.faults = ROUGH
        self.judge = Judge(self.boottime)
        self.guard = threading.Lock()
        self.errors: list[BaseException] = []

    def boottime(self) -> float:
        """Tell the time that all of them share."""
        return self.dynamodb.clock.now()

    def run(self) -> None:
        """Let them all come to their end."""
        everybody = [
            threading.Thread(target=self._live, args=(locks, Random(number)))
            for number in range(2)
            for locks in [self._client()]
            for _ in range(2)
        ]
        for each in everybody:
            each.start()
        for each in everybody:
            each.join(timeout=60)
        assert not any(each.is_alive() for each in everybody)
        if self.errors:
            raise self.errors[0]

    def _client(self) -> LockClient:
        fairness: Fairness = self.random.choice(("barging", "bounded", "fifo"))
        return LockClient(self.dynamodb.client(), "locks", lease=4, fairness=fairness)

    def _live(self, locks: LockClient, random: Random) -> None:
        try:
            for _ in range(3):
                self._use(locks, random)
        except BaseException as error:  # noqa: BLE001 - raised again in the test
            self.errors.append(error)

    def _use(self, locks: LockClient, random: Random) -> None:
        try:
            with locks.hold("orders", wait=60) as lease:
                (grant,) = lease.__dynawait_parts__()[1]
                with self.guard:
                    if not lease.valid:  # it was handed out when it was over already
                        self.judge.seen["late leases"] += 1
                        return
                    self.judge.granted(Held(self, (grant,)))
                for _ in range(3):
                    self._work(lease, random)
        except (LockLostError, LockTimeoutError) as error:
            self.judge.seen[type(error).__name__] += 1

    def _work(self, lease: Lease, random: Random) -> None:
        self.dynamodb.clock.pause(random.random() * 2, lambda: False)
        lease.check()
        with self.guard:
            self.judge.look()
            self.judge.sent(lease.__dynawait_parts__()[1][0])()


@pytest.mark.parametrize("seed", range(4))
def test_threads_hold_a_lock_one_at_a_time(seed: int) -> None:
    """With heartbeats in threads of their own, and a call in five gone wrong.

    How often a lease is lost is up to the operating system here: virtual time does not
    wait for a thread that it lets wait. That two never hold the lock is not.
    """
    threads = Threads(seed)
    threads.run()
    seen = threads.judge.seen
    assert seen["grants"] + seen["late leases"] + seen["LockTimeoutError"] == 12
    assert seen["grants"] > 1
