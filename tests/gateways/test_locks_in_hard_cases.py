"""What a hostile reading of the locks has found."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dynawait.errors import LockLostError, LockTimeoutError, ServiceError
from dynawait.locks import ReleaseOutcome
from dynawait.sync.locks import LockClient
from tests.gateways.locks import service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dynawait.testing import SimulatedDynamoDB

PATIENCE = 10.0


class Hooked:
    """A client with something in the way of some operations.

    Attributes:
        hook: takes the real method and its parameters, and answers.
        calls: how often these operations were called.
    """

    def __init__(self, dynamodb: SimulatedDynamoDB, *operations: str) -> None:
        """Take whose client, and which operations."""
        self._inner: Any = dynamodb.client()
        self._operations = operations
        self.hook: Callable[..., Any] = lambda method, **facts: method(**facts)
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        """Return a method, hooked or not."""
        found = getattr(self._inner, name)
        if name not in self._operations:
            return found

        def call(**facts: Any) -> Any:
            self.calls += 1
            return self.hook(found, **facts)

        return call


def locks_of(client: Any, **options: Any) -> LockClient:
    """Return a lock client without heartbeats of its own."""
    return LockClient(client, "locks", heartbeat=None, **options)


def slow(dynamodb: SimulatedDynamoDB, seconds: float) -> Callable[..., Any]:
    """Return a hook that takes its time."""

    def hook(method: Callable[..., Any], **facts: Any) -> Any:
        dynamodb.clock.advance(seconds)
        answer = method(**facts)
        dynamodb.clock.advance(seconds)
        return answer

    return hook


@pytest.mark.parametrize("seconds", [0.4, 0.7, 1.0, 2.0])
def test_calls_that_are_slow_cost_no_more_than_two_writes(seconds: float) -> None:
    """A token that may have come too late is brought up to date once, not for ever."""
    dynamodb = service()
    client = Hooked(dynamodb, "update_item")
    client.hook = slow(dynamodb, seconds)
    locks = locks_of(client)
    lease = locks.acquire("orders", wait=3)
    assert lease.valid
    assert client.calls <= 2


def test_a_lease_that_calls_eat_up_ends_a_try() -> None:
    """Where calls take nearly as long as the lease, no acquisition is worth having."""
    dynamodb = service()
    client = Hooked(dynamodb, "update_item")
    client.hook = slow(dynamodb, 0.38)
    locks = locks_of(client, lease=1)
    with pytest.raises(LockTimeoutError):
        locks.acquire("orders", wait=0)
    assert client.calls <= 5


def throttled_at_last(method: Callable[..., Any], **facts: Any) -> Any:
    """Do what botocore does when an answer is lost and its retries are throttled."""
    method(**facts)
    response: Any = {
        "Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"},
        "ResponseMetadata": {"RetryAttempts": 4, "HTTPStatusCode": 400},
    }
    raise ClientError(response, "UpdateItem")


def test_a_throttle_after_retries_may_have_been_a_write() -> None:
    """Its version counts as ours, in a heartbeat, an acquisition and a release."""
    client = Hooked(service(), "update_item")
    locks = locks_of(client)

    def once(method: Callable[..., Any], **facts: Any) -> Any:
        client.hook = lambda method, **facts: method(**facts)
        return throttled_at_last(method, **facts)

    client.hook = once
    lease = locks.acquire("orders", wait=5)
    client.hook = once
    lease.renew()
    assert lease.lost is None
    client.hook = once
    assert lease.release() is ReleaseOutcome.RELEASED
    assert locks.try_acquire("orders") is not None


def test_a_transaction_that_can_never_work_says_so() -> None:
    """It is no lost race."""
    client = Hooked(service(), "transact_write_items")

    def refuse(method: Callable[..., Any], **facts: Any) -> Any:
        response: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": "ValidationError"}, {"Code": "None"}],
        }
        raise ClientError(response, "TransactWriteItems")

    client.hook = refuse
    locks = locks_of(client)
    with pytest.raises(ServiceError), locks.hold_all(["a", "b"], wait=60):
        pass
    assert client.calls == 1


@pytest.mark.parametrize(("delete", "held"), [(False, 1), (True, 1), (True, 9)])
def test_a_renewal_on_its_way_does_not_outlive_a_release(
    delete: bool, held: float
) -> None:
    """Its version is younger than all that the release knows, and it arrives first.

    A row that is to be deleted is: at once, or as soon as its token cannot come back.
    """
    dynamodb = service()
    client = Hooked(dynamodb, "update_item", "delete_item")
    locks = locks_of(client, delete_on_release=delete)
    lease = locks.acquire("orders")
    dynamodb.clock.advance(held)
    assert locks._last is not None
    keeper = locks._last.keeper
    make, begun, go_on = keeper.new_version, threading.Event(), threading.Event()

    def make_late() -> str:
        begun.set()
        assert go_on.wait(PATIENCE)
        return make()

    def renew() -> None:
        with pytest.raises(LockLostError):
            lease.renew()

    renewal = threading.Thread(target=renew)

    def hook(method: Callable[..., Any], **facts: Any) -> Any:
        if threading.current_thread() is not renewal:
            go_on.set()
            renewal.join(PATIENCE)
        return method(**facts)

    keeper.new_version, client.hook = make_late, hook
    renewal.start()
    assert begun.wait(PATIENCE)
    assert lease.release() is ReleaseOutcome.RELEASED
    assert not renewal.is_alive()
    record = locks.inspect("orders")
    if delete:
        assert record is None
    else:
        assert record is not None
        assert record.released
    others = LockClient(dynamodb.client(), "locks", heartbeat=None)
    assert others.try_acquire("orders") is not None


@pytest.fixture
def restless() -> Iterator[None]:
    """Let threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_what_was_seen_is_exported_while_others_look() -> None:
    """Threads may look at locks that nobody has seen before, and see no error."""
    client = Hooked(service(), "get_item")
    locks = locks_of(client)
    locks.acquire("orders")
    row = client.get_item(TableName="locks", Key={"key": {"S": "orders"}})
    client.hook = lambda _, **facts: {**row, "Item": {**row["Item"], **facts["Key"]}}
    failures: list[BaseException] = []

    def look(name: str) -> None:
        try:
            for number in range(500):
                locks.inspect(f"{name}-{number}")
        except BaseException as error:  # noqa: BLE001 - the test fails with it
            failures.append(error)

    threads = [threading.Thread(target=look, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        locks.observations.export()
    assert not failures
    assert repr(locks.observations) == "<Observations of 1001 locks>"
