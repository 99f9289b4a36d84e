"""Indexes changed through every face, on every server that can show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from changes import (
    CREATIONS,
    FIVE,
    NAMES,
    WITH_INDEX_BUILDS,
    WITH_INDEX_CHANGES,
    attributes,
    index,
    servers,
    titles,
)

from dynawait import (
    CreateIndex,
    DeleteIndex,
    ReplaceIndex,
)

if TYPE_CHECKING:
    from changes import Play, Session


@servers("simulated", "moto")
def test_three_indexes_are_created_one_after_the_other(play: Play) -> None:
    """One list of three creations is three calls, and a second run none."""

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        plan = await session.apply(*CREATIONS, dry_run=True)
        assert titles(plan) == [f"create index {name}" for name in NAMES]
        assert session.sent() == []
        result = await session.apply(*CREATIONS)
        assert session.sent() == ["UpdateTable"] * 3
        assert all(result.table.indexes[name].is_active for name in NAMES)
        again = await session.apply(*CREATIONS)
        assert not again.plan
        assert titles(again.already) == titles(plan)
        assert session.sent() == []

    play(scene)


@servers(*WITH_INDEX_CHANGES)
def test_three_indexes_are_created_through_the_queue(play: Play) -> None:
    """Three submitters of one queue each get their own index, in three calls."""

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        async with session.queue() as submit:
            states = await session.beside(
                *(lambda change=change: submit(change) for change in CREATIONS)
            )
        for name, state in zip(NAMES, states, strict=True):
            assert state.indexes[name].is_active
        assert session.sent() == ["UpdateTable"] * 3

    play(scene)


@servers(*WITH_INDEX_CHANGES)
def test_an_index_is_replaced(play: Play) -> None:
    """The new index is ready before the old one goes, and a second run is idle."""
    change = ReplaceIndex("email", CreateIndex("by-email", "email", throughput=(5, 5)))

    async def scene(session: Session) -> None:
        await session.create(indexes=["email"])
        session.sent()
        result = await session.apply(change)
        assert titles(result.done) == ["create index by-email", "delete index email"]
        assert list(result.table.indexes) == ["by-email"]
        assert session.sent() == ["UpdateTable"] * 2
        assert not (await session.apply(change)).plan
        assert session.sent() == []

    play(scene)


@servers(*WITH_INDEX_BUILDS)
def test_an_index_that_somebody_else_builds_is_adopted(play: Play) -> None:
    """What another client has begun is waited for, and only the rest is sent."""

    async def scene(session: Session) -> None:
        await session.create()
        await session.raw(
            "update_table",
            AttributeDefinitions=attributes("id", "city"),
            GlobalSecondaryIndexUpdates=[
                {"Create": index("city", ProvisionedThroughput=FIVE)}
            ],
        )
        session.sent()
        result = await session.apply(*CREATIONS[:2])
        assert titles(result.already) == ["create index city"]
        assert titles(result.done) == ["create index day"]
        assert session.sent() == ["UpdateTable"]
        assert all(each.is_active for each in result.table.indexes.values())

    play(scene)


@servers("simulated")
def test_an_index_being_built_by_an_earlier_list_can_be_dropped(play: Play) -> None:
    """A DeleteIndex of an index that backfills is sent as soon as that is allowed."""

    async def scene(session: Session) -> None:
        await session.create()
        await session.apply(CREATIONS[0], until="started")
        session.sent()
        result = await session.apply(DeleteIndex("city"))
        assert session.sent() == ["UpdateTable"]
        assert result.table.indexes == {}

    play(scene)
