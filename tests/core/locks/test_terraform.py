"""Terraform's locks in virtual time: taken, looked at, unlocked, whatever is lost."""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.locks.store import Change, Exact, Place, Refused
from dynawait._core.locks.terraform import (
    assess_lock,
    look,
    page_of_locks,
    unlock,
)
from dynawait._core.locks.terraform_hold import PathClaim, Saying
from dynawait.errors import (
    LockError,
    LockLostError,
    LockMismatchError,
    LockTimeoutError,
    ServiceError,
    UnreadableLockError,
)
from dynawait.locks._dialects.info import rewrite_info, write_info
from dynawait.locks.dialects import TERRAFORM
from tests.core.locks.scene import Client, Scene

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable

    from dynawait._core.locks.keeper import Keeper

PATH = "states/app.tfstate"
PLACE = Place(PATH)
DIGEST = Place(PATH + "-md5")
CLAIM = Saying(operation="migration", info="<move> & rename", who="ci@me", version="1")
MD5 = "0123456789abcdef0123456789abcdef"
OTHER = "f" * 32


def row(lock_id: str = "old", path: str = PATH, **said: str) -> dict[str, Any]:
    """Return a row as Terraform writes it."""
    text = write_info(
        lock_id=lock_id,
        operation=said.get("operation", "OperationTypeApply"),
        info=said.get("info", ""),
        who="root@vm",
        version="1.11.4",
        created=said.get("created", "2026-01-01T00:00:00Z"),
        path=path,
    )
    return {"LockID": {"S": path}, "Info": {"S": text}}


def played(work: Any) -> Scene:
    """Let one client work on an empty table; return what is left."""
    scene = Scene(TERRAFORM)
    me = scene.client()
    scene.run((me, work(scene, me)))
    return scene


async def take(
    keeper: Keeper, path: str, said: Saying, *, wait: float | None = None
) -> PathClaim:
    """Take a lock."""
    claim = PathClaim(keeper, path, said, wait=wait)
    assert await claim.open() == claim.lock
    return claim


def test_a_hold_is_a_row_that_terraform_reads_and_nobody_else_had() -> None:
    """Its Info is what Go would write again, and its ID is a new one each time."""

    async def work(scene: Scene, me: Client) -> None:
        seen = set[str]()
        for _ in range(3):
            hold = await take(me.keeper, PATH, CLAIM)
            text = scene.table.rows[PLACE]["Info"]["S"]
            assert set(scene.table.rows[PLACE]) == {"LockID", "Info"}
            assert rewrite_info(text) == text == hold.lock.raw
            assert json.loads(text)["Path"] == PATH
            assert json.loads(text)["Info"] == CLAIM.info
            seen.add(hold.lock.id)
            assert await look(me.keeper, PATH) == hold.lock
            await hold.close(None)
            assert await look(me.keeper, PATH) is None
        assert len(seen) == 3

    assert played(work).table.rows == {}


def test_a_hold_keeps_others_out_and_waits_for_them() -> None:
    """One who tries once is told who holds it; one who waits gets it after them."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[PLACE] = row()
        with pytest.raises(LockTimeoutError) as caught:
            await take(me.keeper, PATH, CLAIM, wait=0)
        assert caught.value.holder is not None
        assert caught.value.holder.owner == "root@vm"
        scene.world.at(scene.world.time + 30, scene.table.rows.clear)
        hold = await take(me.keeper, PATH, CLAIM, wait=60)
        assert scene.world.time > 30
        await hold.close(None)

    assert played(work).table.rows == {}


@pytest.mark.parametrize("fate", ["lost", "dropped", "throttled"])
def test_no_lost_answer_leaves_a_lock_behind(fate: str) -> None:
    """Terraform orphans its lock when the answer to its PutItem is lost."""

    async def work(_: Scene, me: Client) -> None:
        await look(me.keeper, PATH)
        me.store.fates.append(fate)
        hold = await take(me.keeper, PATH, CLAIM, wait=5)
        me.store.fates.append(fate)
        await hold.close(None)

    assert played(work).table.rows == {}


def test_a_lock_that_was_freed_by_force_is_no_longer_ours_to_free() -> None:
    """The end says so, unless a failure of the body is on its way: that gets a note."""

    async def work(scene: Scene, me: Client) -> None:
        hold = await take(me.keeper, PATH, CLAIM)
        scene.table.rows[PLACE] = row("new")
        with pytest.raises(LockLostError):
            await hold.close(None)
        scene.table.rows.clear()
        hold = await take(me.keeper, PATH, CLAIM)
        scene.table.rows[PLACE] = row("new")
        failure = ValueError("of the body")
        await hold.close(failure)
        assert "lost" in failure.__notes__[0]

    assert played(work).table.rows[PLACE] == row("new")


def test_a_release_without_an_answer_says_how_to_unlock() -> None:
    """Nobody else would ever free it."""

    async def work(_: Scene, me: Client) -> None:
        hold = await take(me.keeper, PATH, CLAIM)
        me.store.fates.extend(["dropped"] * 1000)
        with pytest.raises(LockError, match=hold.lock.id):
            await hold.close(None)
        me.store.fates.clear()
        assert (await unlock(me.keeper, PATH, hold.lock.id)).id == hold.lock.id

    assert played(work).table.rows == {}


def test_a_release_that_is_denied_says_how_to_unlock() -> None:
    """DeleteItem is the permission that is most often forgotten."""

    async def work(_: Scene, me: Client) -> None:
        hold = await take(me.keeper, PATH, CLAIM)

        async def denied(*_: Any, **__: Any) -> Any:
            raise ServiceError(
                code="AccessDeniedException",
                message="no",
                operation="DeleteItem",
                table="locks",
            )

        me.store.write = denied  # type: ignore[method-assign]
        with pytest.raises(ServiceError) as caught:
            await hold.close(None)
        assert hold.lock.id in caught.value.__notes__[0]
        failure = KeyboardInterrupt()
        await hold.close(failure)
        assert "AccessDenied" in failure.__notes__[0]

    played(work)


def test_unlocking_removes_the_lock_that_was_named_and_no_other() -> None:
    """Not when nobody holds it, not another ID's, not a row that is no lock."""

    async def work(scene: Scene, me: Client) -> None:
        with pytest.raises(LockMismatchError, match="nobody"):
            await unlock(me.keeper, PATH, "old")
        scene.table.rows[PLACE] = row("new")
        with pytest.raises(LockMismatchError, match="held by new"):
            await unlock(me.keeper, PATH, "old")
        scene.table.rows[PLACE] = {"LockID": {"S": PATH}}
        with pytest.raises(UnreadableLockError):
            await unlock(me.keeper, PATH, "old")
        with pytest.raises(UnreadableLockError):
            await look(me.keeper, PATH)
        scene.table.rows[PLACE] = row("old")
        assert (await unlock(me.keeper, PATH, "old")).who == "root@vm"

    assert played(work).table.rows == {}


@pytest.mark.parametrize("other", [row("new"), row("old", info="again"), None])
def test_a_lock_that_changes_between_read_and_delete_stays(
    other: dict[str, Any] | None,
) -> None:
    """Even one with the same ID: what counts is the very text."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[PLACE] = row("old")
        await look(me.keeper, PATH)  # learn the time: an unlocking is two calls now

        def change() -> None:
            scene.table.rows.clear()
            if other is not None:
                scene.table.rows[PLACE] = other

        scene.world.at(scene.world.time + 0.005, change)
        with pytest.raises(LockMismatchError, match="changed since"):
            await unlock(me.keeper, PATH, "old")

    left = played(work).table.rows
    assert left == ({} if other is None else {PLACE: other})


@pytest.mark.parametrize("next_lock", [None, row("new")])
def test_an_unlocking_whose_answer_was_lost_has_succeeded(
    next_lock: dict[str, Any] | None,
) -> None:
    """Whether or not somebody has taken the lock since; theirs stays."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[PLACE] = row("old")
        me.store.fates.extend(["well", "lost"])
        if next_lock is not None:
            theirs = {PLACE: next_lock}
            scene.world.at(0.0101, lambda: scene.table.rows.update(theirs))
        assert (await unlock(me.keeper, PATH, "old")).id == "old"

    left = played(work).table.rows
    assert left == ({} if next_lock is None else {PLACE: next_lock})


def test_listing_shows_locks_and_nothing_else() -> None:
    """No digest, no foreign row; a lock of a state whose key ends so is one."""

    async def work(scene: Scene, me: Client) -> None:
        rows = scene.table.rows
        rows[PLACE] = row()
        rows[DIGEST] = {"LockID": {"S": DIGEST.key}, "Digest": {"S": MD5}}
        rows[Place("b/x-md5")] = row("md5", "b/x-md5")
        rows[Place("c")] = {"LockID": {"S": "c"}, "Info": {"N": "7"}}
        locks, after = await page_of_locks(me.keeper)
        assert [lock.id for lock in locks] == ["old", "md5"]
        assert after is None

    played(work)


def test_age_alone_is_never_a_verdict() -> None:
    """A lock of years ago, watched for a day, is UNKNOWN; its age is evidence."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[PLACE] = row(created="2023-01-01T00:00:00Z")
        found = await assess_lock(me.keeper, PATH, observe=86400)
        assert found.verdict == "UNKNOWN"
        assert any("1097.0 d" in text for text in found.evidence), found
        scene.table.rows[PLACE] = row(created="2031-01-01T00:00:00Z")
        found = await assess_lock(me.keeper, PATH)
        assert "yet to come" in str(found)
        scene.table.rows.clear()
        assert (await assess_lock(me.keeper, PATH)).verdict == "ABSENT"

    played(work)


def test_watching_sees_another_holder() -> None:
    """Another ID is a sign of life."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[PLACE] = row("old")
        scene.world.at(5, lambda: scene.table.rows.update({PLACE: row("new")}))
        found = await assess_lock(me.keeper, PATH, observe=60)
        assert found.verdict == "HELD"
        assert scene.world.time < 10

    played(work)


def test_a_time_that_terraform_cannot_read_is_evidence_too() -> None:
    """Its own force-unlock fails there; ours does not."""

    async def work(scene: Scene, me: Client) -> None:
        text = row()["Info"]["S"].replace("00:00:00Z", "00:00:00")
        scene.table.rows[PLACE] = {"LockID": {"S": PATH}, "Info": {"S": text}}
        assert "no time zone" in str(await assess_lock(me.keeper, PATH))
        await unlock(me.keeper, PATH, "old")

    assert played(work).table.rows == {}


def refused(scene: Scene, change: Change) -> bool:
    """Tell whether a change would be refused."""
    return isinstance(scene.table.write(PLACE, change), Refused)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_of_a_holder_survives(info: str, who: str) -> None:
    """Whatever is said, the row is ours by its very text, and goes away again."""

    async def work(scene: Scene, me: Client) -> None:
        claim = Saying(operation="o", info=info, who=who, version="")
        hold = await take(me.keeper, PATH, claim)
        assert hold.grant is not None
        assert hold.grant.remaining(me.clock()) == inf
        wrong = Exact({"Info": {"S": hold.lock.raw + " "}})
        assert refused(scene, Change(condition=wrong, delete=True))
        await hold.close(None)

    assert played(work).table.rows == {}


def test_two_tasks_of_one_client_take_turns() -> None:
    """With an ID each."""
    scene = Scene(TERRAFORM)
    me = scene.client()
    ids: list[str] = []

    async def work() -> None:
        hold = await take(me.keeper, PATH, CLAIM)
        ids.append(hold.lock.id)
        await me.actor.sleep(1)
        assert scene.table.rows[PLACE]["Info"]["S"] == hold.lock.raw
        await hold.close(None)

    works: Iterable[Coroutine[Any, Any, None]] = (work() for _ in range(3))
    scene.run(*((me, each) for each in works))
    assert len(set(ids)) == 3
    assert scene.table.rows == {}
