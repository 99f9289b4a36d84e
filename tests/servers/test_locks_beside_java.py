"""Amazon's client for Java and our locks share a table, on DynamoDB Local.

It is not run: its jar lies in a Maven registry alone. So its calls are made here as it
makes them, with the conditions and the rows that it has.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from changes import TWO_FACES
from locks import DEAD, OVER, SLACK, LockSession, Tables, in_lock_faces

from dynawait.errors import LockTimeoutError
from dynawait.locks import ReleaseOutcome
from tests.gateways.either import got

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Any]


@pytest.fixture(scope="module")
def tables(dynamodb_local_url: str) -> Tables:
    """Give tables on DynamoDB Local."""
    return Tables(dynamodb_local_url)


class Java:
    """The calls of Amazon's client for Java 1.x, each with its own condition."""

    def __init__(self, client: Any, table: str, key: str) -> None:
        """Take where its lock lies."""
        self._client = client
        self._where: dict[str, Any] = {"TableName": table, "Key": {"key": {"S": key}}}
        self.version = ""

    def row(self, lease: int) -> dict[str, Any]:
        """Return the row that it puts, with a version of its own."""
        self.version = str(uuid4())
        return {
            **self._where["Key"],
            "ownerName": {"S": "java-owner"},
            "leaseDuration": {"S": str(lease)},
            "recordVersionNumber": {"S": self.version},
            "data": {"B": b"payload"},
        }

    def take(self, lease: int = 20_000, *, over: str | None = None) -> None:
        """Put its row where there is none, or over the one with a version."""
        condition = "attribute_not_exists(#key)"
        values: dict[str, Any] = {}
        if over is not None:
            condition = "attribute_exists(#key) AND #rvn = :rvn"
            values = {"ExpressionAttributeValues": {":rvn": {"S": over}}}
        names = {"#key": "key"} | ({"#rvn": "recordVersionNumber"} if over else {})
        self._client.put_item(
            TableName=self._where["TableName"],
            Item=self.row(lease),
            ConditionExpression=condition,
            ExpressionAttributeNames=names,
            **values,
        )

    def take_released(self) -> None:
        """Put its row over one that says that it is released."""
        self._client.put_item(
            TableName=self._where["TableName"],
            Item=self.row(20_000),
            ConditionExpression="attribute_exists(#key) AND #free = :free",
            ExpressionAttributeNames={"#key": "key", "#free": "isReleased"},
            ExpressionAttributeValues={":free": {"S": "1"}},
        )

    def beat(self) -> None:
        """Send a sign of life."""
        before, self.version = self.version, str(uuid4())
        self._client.update_item(
            **self._where,
            UpdateExpression="SET leaseDuration = :ld, recordVersionNumber = :new",
            ConditionExpression=(
                "attribute_exists(#key) AND recordVersionNumber = :rvn "
                "AND ownerName = :owner"
            ),
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={
                ":ld": {"S": "20000"},
                ":new": {"S": self.version},
                ":rvn": {"S": before},
                ":owner": {"S": "java-owner"},
            },
        )

    def release(self, *, delete: bool) -> None:
        """Delete the row, as by default, or mark it."""
        options: dict[str, Any] = {
            **self._where,
            "ConditionExpression": (
                "attribute_exists(#key) AND recordVersionNumber = :rvn "
                "AND ownerName = :owner"
            ),
            "ExpressionAttributeNames": {"#key": "key"},
            "ExpressionAttributeValues": {
                ":rvn": {"S": self.version},
                ":owner": {"S": "java-owner"},
            },
        }
        if delete:
            self._client.delete_item(**options)
            return
        options["ExpressionAttributeValues"][":free"] = {"S": "1"}
        self._client.update_item(UpdateExpression="SET isReleased = :free", **options)


def expect_legible(row: dict[str, Any]) -> None:
    """Check that Java's client can read a row: it wants these, and of these types."""
    assert row["ownerName"]["S"]
    assert str(int(row["leaseDuration"]["S"])) == row["leaseDuration"]["S"]
    assert row["recordVersionNumber"]["S"]
    assert set(row.get("data", {"B": b""})) == {"B"}
    assert row.get("isReleased") in (None, {"S": "1"})


@pytest.mark.parametrize("delete", [True, False])
def test_a_table_is_shared_with_the_client_for_java(
    tables: Tables, boto3_client: Connect, delete: bool
) -> None:
    """By the calls that it makes: each waits for the other, and takes over the dead.

    What a turn of Java's loses: our token, for it puts new rows. Ours still grows,
    since it counts from the time where the row has none.
    """
    table = tables.of("amazon", "shared")
    client = boto3_client(tables.url)

    async def scene(session: LockSession) -> None:
        key = session.key()
        java = Java(client, table, key)
        locks = session.locks(heartbeat=None, lease=DEAD)
        first = await got(locks.acquire(key, data=b"ours"))
        row = (await got(locks.inspect(key))).raw
        expect_legible(row)
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            java.take()
        with pytest.raises(ClientError, match="ConditionalCheckFailed"):
            java.take_released()
        await got(first.release())
        expect_legible((await got(locks.inspect(key))).raw)
        java.take_released()
        java.beat()
        record = await got(locks.inspect(key))
        assert (record.owner, record.lease, record.data) == (
            "java-owner",
            20.0,
            b"payload",
        )
        assert record.fencing_token is None
        with pytest.raises(LockTimeoutError, match="held by 'java-owner'"):
            await got(locks.acquire(key, wait=0.3))
        java.release(delete=delete)
        second = await got(locks.acquire(key, wait=0))
        assert second.fencing_token > first.fencing_token
        # Ours dies; Java takes it over by the version that it has seen for a lease.
        await session.until(lambda: not second.valid)
        java.take(over=(await got(locks.inspect(key))).version)
        assert await got(second.release()) is ReleaseOutcome.ALREADY_LOST
        java.beat()
        java.release(delete=delete)
        # Java dies, and we take it over.
        if not delete:
            java.take_released()
            java.release(delete=True)
        java.take(int(1000 * DEAD))
        begun = time.monotonic()
        third = await got(locks.acquire(key, wait=20))
        assert DEAD < time.monotonic() - begun < OVER + SLACK
        assert third.fencing_token > second.fencing_token
        for theirs in (java.beat, lambda: java.release(delete=True)):
            with pytest.raises(ClientError, match="ConditionalCheckFailed"):
                theirs()
        expect_legible((await got(locks.inspect(key))).raw)
        assert await got(third.release()) is ReleaseOutcome.RELEASED

    in_lock_faces(tables.url, table, scene, TWO_FACES)
