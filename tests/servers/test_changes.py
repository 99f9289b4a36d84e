"""Tables changed through every face, on every server that can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from changes import (
    ALL,
    CREATIONS,
    FIVE,
    SIX,
    TWO_FACES,
    WITH_INDEX_CHANGES,
    attributes,
    in_faces,
    index,
    servers,
    table_request,
    titles,
)

from dynawait import (
    PlanError,
    Polling,
    TableConflictError,
)

if TYPE_CHECKING:
    from changes import Play, Session


@servers(*ALL)
def test_a_table_is_created_adopted_and_told_from_another(play: Play) -> None:
    """The first run creates, the second adopts, and another key is a conflict."""

    async def scene(session: Session) -> None:
        plan = await session.create(indexes=["email"], dry_run=True)
        assert titles(plan) == [f"create table {session.table}"]
        assert session.sent() == []
        assert not (
            await session.face.call(session.client, "describe", session.table)
        ).exists
        result = await session.create(indexes=["email"])
        assert session.sent() == ["CreateTable"]
        assert result.table.status == "ACTIVE"
        assert result.table.indexes["email"].is_active
        assert titles(result.done) == titles(plan)
        again = await session.create(indexes=["email"])
        assert not again.plan
        assert titles(again.already) == titles(plan)
        other = table_request(session.table) | {
            "AttributeDefinitions": attributes("key"),
            "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
        }
        with pytest.raises(TableConflictError) as caught:
            await session.call("safe_create_table", **other)
        assert "key" in str(caught.value)
        assert caught.value.existing.name == session.table
        assert session.sent() == []

    play(scene)


@servers(*WITH_INDEX_CHANGES)
def test_a_wide_update_is_split_into_calls_that_are_accepted(
    play: Play, server: str
) -> None:
    """Billing, capacities, stream view and indexes in one request come true.

    moto is asked for no stream: it refuses to change the view of one.
    """
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    wide: dict[str, Any] = {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": SIX,
        "AttributeDefinitions": attributes("id", "city"),
        "GlobalSecondaryIndexUpdates": [
            {"Update": {"IndexName": "email", "ProvisionedThroughput": SIX}},
            {"Create": index("city", ProvisionedThroughput=FIVE)},
            {"Delete": {"IndexName": "legacy"}},
        ],
    }
    streamed = server != "moto"
    before = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}

    async def scene(session: Session) -> None:
        options = {"StreamSpecification": before} if streamed else {}
        await session.create(
            indexes=["email", "legacy"], BillingMode="PAY_PER_REQUEST", **options
        )
        session.sent()
        request = wide | ({"StreamSpecification": stream} if streamed else {})
        plan = await session.update(**request, dry_run=True)
        assert session.sent() == []
        result = await session.update(**request)
        sent = session.sent()
        assert sent == ["UpdateTable"] * len(plan)
        assert len(sent) == (5 if streamed else 3), str(plan)
        assert titles(result.done) == titles(plan)
        table = result.table
        assert table.billing_mode == "PROVISIONED"
        assert set(table.indexes) == {"email", "city"}
        assert all(each.is_active for each in table.indexes.values())
        assert table.indexes["email"].throughput.read == 6
        assert not streamed or table.stream.view_type == "KEYS_ONLY"
        again = await session.update(**request)
        assert not again.plan, str(again.plan)
        assert session.sent() == []

    play(scene)


@servers("dynalite")
def test_capacity_and_billing_are_changed_where_tables_take_their_time(
    play: Play,
) -> None:
    """On dynalite a switch of billing with its capacities is one call, once."""
    units = {"IndexName": "email", "ProvisionedThroughput": SIX}
    request: dict[str, Any] = {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": SIX,
        "GlobalSecondaryIndexUpdates": [{"Update": units}],
    }

    async def scene(session: Session) -> None:
        await session.create(indexes=["email"])
        session.sent()
        result = await session.update(BillingMode="PAY_PER_REQUEST")
        assert result.table.billing_mode == "PAY_PER_REQUEST"
        assert result.table.status == "ACTIVE"
        assert session.sent() == ["UpdateTable"]
        result = await session.update(**request)
        assert result.table.throughput.write == 6
        assert result.table.indexes["email"].throughput.write == 6
        assert session.sent() == ["UpdateTable"]
        assert not (await session.update(**request)).plan
        assert session.sent() == []

    play(scene)


@servers(*ALL)
def test_a_table_is_deleted_while_something_moves(play: Play, server: str) -> None:
    """A deletion waits out what moves, and a second one sends nothing.

    On moto nothing ever moves, and DynamoDB Local deletes all the same.
    """

    async def scene(session: Session) -> None:
        if server == "dynalite":
            # Still CREATING, which is when dynalite refuses to delete.
            await session.raw(
                "create_table",
                **{
                    name: value
                    for name, value in table_request(session.table).items()
                    if name != "TableName"
                },
            )
        else:
            await session.create()
            await session.apply(CREATIONS[0], until="started")
        session.sent()
        plan = await session.call(
            "safe_delete_table", TableName=session.table, dry_run=True
        )
        assert plan.destructive
        assert session.sent() == []
        result = await session.call("safe_delete_table", TableName=session.table)
        assert result.table is None
        assert titles(result.done) == titles(plan)
        # Who deletes by looking first is not refused once.
        assert session.sent() == ["DeleteTable"]
        again = await session.call("safe_delete_table", TableName=session.table)
        assert not again.plan
        assert session.sent() == []

    play(scene)


@servers("simulated", "dynamodb_local", "moto")
def test_a_protected_table_is_deleted_only_when_that_is_asked_for(play: Play) -> None:
    """Without disable_protection it is refused with no call; with it, it is gone.

    dynalite knows no protection.
    """

    async def scene(session: Session) -> None:
        await session.create(DeletionProtectionEnabled=True)
        session.sent()
        with pytest.raises(PlanError, match="disable_protection=True"):
            await session.call("safe_delete_table", TableName=session.table)
        assert session.sent() == []
        result = await session.call(
            "safe_delete_table", TableName=session.table, disable_protection=True
        )
        assert result.table is None
        assert session.sent() == ["UpdateTable", "DeleteTable"]

    play(scene)


@servers(*ALL)
def test_what_can_never_work_is_refused_before_any_call(play: Play) -> None:
    """Every problem of a request is told at once, and nothing is sent."""
    request: dict[str, Any] = {
        "GlobalSecondaryIndexUpdates": [
            {"Create": index("city")},
            {"Delete": {"IndexName": "city"}},
            {"Update": {"IndexName": "nowhere", "ProvisionedThroughput": SIX}},
        ],
    }

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        with pytest.raises(PlanError) as caught:
            await session.update(**request)
        assert len(caught.value.problems) >= 2
        assert "city" in str(caught.value)
        assert "nowhere" in str(caught.value)
        with pytest.raises(PlanError, match="does not exist"):
            await session.call(
                "safe_update_table",
                TableName=f"{session.table}-else",
                BillingMode="PAY_PER_REQUEST",
                polling=Polling(floor=0.05, grace=0.3),
            )
        assert session.sent() == []

    play(scene)


def test_capacity_waits_for_an_allocation_and_not_for_a_backfill(
    dynamodb_local_slow_url: str,
) -> None:
    """It is set by one call that is not refused, while the index is still being filled.

    DynamoDB Local with its long phases refuses it for the 15 s of the allocation.
    """

    async def scene(session: Session) -> None:
        await session.create()
        await session.apply(CREATIONS[0], until="started")
        session.sent()
        result = await session.update(ProvisionedThroughput=SIX)
        assert session.sent() == ["UpdateTable"]
        assert result.table.throughput.read == 6
        assert result.table.indexes["city"].backfilling
        assert 10 < result.elapsed < 25

    in_faces(dynamodb_local_slow_url, scene, TWO_FACES)
