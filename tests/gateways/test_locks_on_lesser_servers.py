"""Servers that lack what DynamoDB has: dynalite, for one.

It does not show the row that has refused a write, and knows no time to live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from dynawait.errors import (
    ChangeError,
    LockLostError,
    LockMismatchError,
    LockTimeoutError,
)
from dynawait.sync.locks import LockClient, ReleaseOutcome, TerraformLocks
from dynawait.testing import SimulatedDynamoDB
from tests.gateways.locks import calls_of, service, spoil

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait import Event


class Silence:
    """What stands before a client and keeps back what its refusals tell.

    Attributes:
        troubles: how many of the next looks are throttled.
        twice: whether the next update is made twice, as after a lost answer.
    """

    def __init__(self, client: Any) -> None:
        """Stand before a client."""
        self._client = client
        self.troubles = 0
        self.twice = False

    def __getattr__(self, name: str) -> Any:
        """Return what it has, muted where it writes."""
        found = getattr(self._client, name)
        if name in ("update_item", "delete_item"):
            if name == "update_item" and self.twice:
                self.twice = False
                found = doubled(found)
            return muted(found)
        return self._throttled(found) if name == "get_item" else found

    def _throttled(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def throttled(**parameters: Any) -> Any:
            if self.troubles:
                self.troubles -= 1
                code: Any = {"Code": "ThrottlingException", "Message": "slow down"}
                raise ClientError({"Error": code}, "GetItem")
            return call(**parameters)

        return throttled


class Lack:
    """A client of a server that does not know how to enable time to live."""

    def __init__(self, client: Any, code: str) -> None:
        """Stand before a client; `code` is what the server says."""
        self._client = client
        self._code = code

    def __getattr__(self, name: str) -> Any:
        """Return what it has."""
        return getattr(self._client, name)

    def update_time_to_live(self, **parameters: Any) -> Any:
        """Refuse it."""
        error: Any = {"Code": self._code, "Message": ""}
        raise ClientError({"Error": error}, "UpdateTimeToLive")


def silent(client: Any) -> Any:
    """Return a client whose refused writes tell nothing."""
    return Silence(client)


def doubled(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call that is made a second time, which is what is answered."""

    def twice(**parameters: Any) -> Any:
        call(**parameters)
        return call(**parameters)

    return twice


def muted(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a call whose refusal lacks the row."""

    def silent(**parameters: Any) -> Any:
        try:
            return call(**parameters)
        except ClientError as error:
            error.response.pop("Item", None)  # type: ignore[typeddict-item] # not in its stubs
            raise

    return silent


def test_who_tries_once_is_told_who_holds_it() -> None:
    """By one look more, and not two."""
    dynamodb = service()
    locks = LockClient(silent(dynamodb.client()), "locks")
    holder = LockClient(dynamodb.client(), "locks", owner="you", heartbeat=None)
    lease = holder.acquire("orders")
    locks.inspect("users")  # both have learned the time
    with locks.hold("users"):
        pass
    calls_of(dynamodb)
    with pytest.raises(LockTimeoutError, match="held by 'you'"):
        locks.acquire("orders", wait=0)
    assert calls_of(dynamodb) == ["UpdateItem", "GetItem"]
    lease.release()


@pytest.mark.parametrize("how", ["stolen", "deleted"])
def test_a_heartbeat_that_is_refused_says_how_the_lock_was_lost(how: str) -> None:
    """No row in the answer is no proof that there is none."""
    dynamodb = service()
    locks = LockClient(silent(dynamodb.client()), "locks", heartbeat=None)
    lease = locks.acquire("orders")
    spoil(dynamodb, how)
    with pytest.raises(LockLostError) as caught:
        lease.renew()
    assert caught.value.reason == how
    assert lease.release() is ReleaseOutcome.ALREADY_LOST


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        ("stolen", ReleaseOutcome.ALREADY_LOST),
        ("deleted", ReleaseOutcome.RELEASED),
    ],
)
def test_a_release_that_is_refused_says_what_happened(
    how: str, outcome: ReleaseOutcome
) -> None:
    """As where the row is shown."""
    for wrap in (silent, lambda client: client):
        dynamodb = service()
        client: Any = wrap(dynamodb.client())
        lease = LockClient(client, "locks", heartbeat=None).acquire("orders")
        spoil(dynamodb, how)
        assert lease.release() is outcome


def test_a_look_that_fails_is_made_again_with_its_write() -> None:
    """Until it is known who has the lock. Whether it was taken by force or released and
    taken then, nobody can tell: the write may have got through to no answer.
    """
    dynamodb = service()
    client: Any = Silence(dynamodb.client())
    lease = LockClient(client, "locks", heartbeat=None).acquire("orders")
    spoil(dynamodb, "stolen")
    client.troubles = 2
    with pytest.raises(LockLostError) as caught:
        lease.renew()
    assert caught.value.reason == "stolen"
    assert client.troubles == 0
    assert lease.release() is ReleaseOutcome.ALREADY_LOST


def test_terraforms_locks_are_told_apart() -> None:
    """Another ID, and none."""
    dynamodb = service()
    dynamodb.client().create_table(
        TableName="states",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    locks = TerraformLocks(silent(dynamodb.client()), "states")
    others = TerraformLocks(silent(dynamodb.client()), "states")
    with locks.hold("b/a") as held:
        with pytest.raises(LockTimeoutError, match=held.who):
            others.hold("b/a", wait=0).__enter__()
        assert others.unlock("b/a", held.id) == held
        with pytest.raises(LockMismatchError):
            locks.unlock("b/a", held.id)


def test_where_rows_are_shown_nobody_looks_again() -> None:
    """Once one was: then no row means that there is none."""
    dynamodb = service()
    client = dynamodb.client()
    locks = LockClient(client, "locks", heartbeat=None)
    lease = locks.acquire("orders")
    assert LockClient(client, "locks").try_acquire("orders") is None
    others = locks.acquire("users")
    spoil(dynamodb, "stolen")
    assert lease.release() is ReleaseOutcome.ALREADY_LOST
    client.delete_item(TableName="locks", Key={"key": {"S": "users"}})
    calls_of(dynamodb)
    assert others.release() is ReleaseOutcome.RELEASED
    assert calls_of(dynamodb) == ["UpdateItem"]


def test_our_own_write_is_recognised_behind_a_refusal_without_a_row() -> None:
    """A client that tries again by itself is refused because it has succeeded."""
    dynamodb = service()
    client: Any = Silence(dynamodb.client())
    locks = LockClient(client, "locks", heartbeat=None)
    with locks.hold("users"):
        pass
    client.twice = True
    client.troubles = 1
    with locks.hold("orders", wait=1) as lease:
        assert lease.valid
    assert not client.troubles
    record = locks.inspect("orders")
    assert record is not None
    assert record.released


def test_a_table_is_made_where_nothing_is_known_of_time_to_live() -> None:
    """With a warning; any other refusal of it is an error."""
    events: list[Event] = []
    dynamodb = SimulatedDynamoDB(seed=1)
    client: Any = Lack(dynamodb.client(), "UnknownOperationException")
    locks = LockClient(client, "locks", on_event=events.append)
    assert locks.ensure_table().status == "ACTIVE"
    (warning,) = [event for event in events if event.name == "lock.warned"]
    assert "time to live" in warning.text
    with locks.hold("orders"):
        pass
    client = Lack(dynamodb.client(), "AccessDeniedException")
    with pytest.raises(ChangeError, match="AccessDenied"):
        LockClient(client, "locks").ensure_table()
