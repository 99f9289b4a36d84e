"""Terraform's digests, and whether the owner of a lock lives."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.locks.digests import digest, repair_digest
from dynawait._core.locks.terraform import assess_lock
from dynawait.errors import InvalidArgumentError, LockMismatchError
from dynawait.locks.dialects import AMAZON
from dynawait.locks.owners import local_owner_alive
from tests.core.locks.test_terraform import DIGEST, MD5, OTHER, PATH, PLACE, played, row

if TYPE_CHECKING:
    from tests.core.locks.scene import Client, Scene


def info_of(text: str) -> dict[str, Any]:
    """Return a row with an Info whose text says which process holds the lock."""
    return row("old", info=text)


HERE = f"host={socket.gethostname()}"


@pytest.mark.parametrize(
    ("info", "verdict"),
    [
        ("host={here} pid={me} tool=dynawait", "HELD"),
        ("host={here} pid=1", "HELD"),
        ("host={here} pid=4194305 tool=dynawait", "STALE"),
        ("host={here} pid=9999999999", "UNKNOWN"),
        ("host=elsewhere.example pid=4194305", "UNKNOWN"),
        ("host={here}", "UNKNOWN"),
        ("pid=4194305", "UNKNOWN"),
        ("", "UNKNOWN"),
    ],
)
def test_the_probe_of_this_machine_knows_its_own_processes(
    info: str, verdict: str
) -> None:
    """And says nothing of those of others, or of a lock without a process."""

    async def work(scene: Scene, me: Client) -> None:
        told = info.format(here=socket.gethostname(), me=os.getpid())
        scene.table.rows[PLACE] = info_of(told)
        found = await assess_lock(me.keeper, PATH, is_owner_alive=local_owner_alive)
        assert found.verdict == verdict

    played(work)


def test_the_probe_of_this_machine_reads_our_own_rows() -> None:
    """In the dialect amazon the process is in acquiredBy."""
    record = AMAZON.decode(
        {
            "key": {"S": "a"},
            "ownerName": {"S": "me"},
            "recordVersionNumber": {"S": "v"},
            "leaseDuration": {"S": "1000"},
            "acquiredBy": {"S": f"{HERE} pid={os.getpid()} tool=dynawait"},
        }
    )
    assert local_owner_alive(record) is True


def test_a_digest_is_repaired_only_as_it_was_read() -> None:
    """Written where there was none, replaced where it is the old one."""

    async def work(scene: Scene, me: Client) -> None:
        assert await digest(me.keeper, PATH) is None
        await repair_digest(me.keeper, PATH, MD5)
        assert scene.table.rows[DIGEST] == {
            "LockID": {"S": DIGEST.key},
            "Digest": {"S": MD5},
        }
        me.store.fates.extend(["well", "lost"])
        await repair_digest(me.keeper, PATH, OTHER.upper())
        assert await digest(me.keeper, PATH) == OTHER
        calls = me.store.calls
        await repair_digest(me.keeper, PATH, OTHER)
        assert me.store.calls == calls + 1
        theirs = {"LockID": {"S": DIGEST.key}, "Digest": {"S": "e" * 32}}
        scene.world.at(
            scene.world.time + 0.005, lambda: scene.table.rows.update({DIGEST: theirs})
        )
        with pytest.raises(LockMismatchError, match="meanwhile"):
            await repair_digest(me.keeper, PATH, MD5)
        assert scene.table.rows[DIGEST] == theirs

    played(work)


@pytest.mark.parametrize(
    "found",
    [
        row("x", PATH + "-md5"),
        {"LockID": {"S": DIGEST.key}},
        {"LockID": {"S": DIGEST.key}, "Digest": {"N": "7"}},
    ],
)
def test_a_row_that_is_no_digest_is_never_written_over(found: dict[str, Any]) -> None:
    """It may be the lock of a state whose key ends in -md5."""

    async def work(scene: Scene, me: Client) -> None:
        scene.table.rows[DIGEST] = found
        with pytest.raises(LockMismatchError):
            await digest(me.keeper, PATH)
        with pytest.raises(LockMismatchError):
            await repair_digest(me.keeper, PATH, MD5)
        assert scene.table.rows == {DIGEST: found}

    played(work)


@given(st.one_of(st.text(max_size=40), st.binary(max_size=33), st.none()))
def test_what_is_no_md5_is_refused_before_any_call(md5: Any) -> None:
    """Terraform would believe it."""

    async def work(_: Scene, me: Client) -> None:
        with pytest.raises(InvalidArgumentError, match="md5"):
            await repair_digest(me.keeper, PATH, md5)
        assert me.store.calls == 0

    played(work)
