"""What does not exist yet, is gone, is another one, or cannot come true."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait import (
    ImpossibleError,
    Polling,
    TableGoneError,
    TableState,
    indexes_absent,
    indexes_active,
    replicas_active,
    table_absent,
    table_active,
)
from tests.core.fakes import (
    ACTIVE,
    CREATING,
    NO_TABLE,
    Listener,
    Script,
    by_time,
    in_turn,
    index,
    table,
    wait,
)

BACKFILLING = table("ACTIVE", index("CREATING", Backfilling=True))
INDEXED = table("ACTIVE", index())


@pytest.mark.parametrize("default", [True, False])
def test_missing_waits(*, default: bool) -> None:
    """What does not exist yet is awaited, with one warning after the grace."""
    listener = Listener()
    script = Script(by_time((0, NO_TABLE), (95, CREATING), (100, ACTIVE)))
    options: dict[str, Any] = {} if default else {"missing": "wait"}
    assert wait(script, on_event=listener, **options).status == "ACTIVE"
    (warning,) = listener.named("missing")
    assert warning.elapsed == pytest.approx(10, abs=0.1)
    assert "table orders" in warning.text
    assert "is the name right?" in warning.text


def test_what_comes_in_time_is_not_warned_about() -> None:
    """A table that is there before the grace is over is no news."""
    listener = Listener()
    wait(Script(by_time((0, NO_TABLE), (9, ACTIVE))), on_event=listener)
    assert not listener.named("missing")


@pytest.mark.parametrize("grace", [0, 0.5, 10, 60])
def test_missing_fails(grace: float) -> None:
    """With missing="fail" a wait fails when the grace is over, and not before."""
    script = Script(in_turn(NO_TABLE), latency=0.02)
    with pytest.raises(ImpossibleError) as caught:
        wait(script, missing="fail", polling=Polling(grace=grace))
    assert grace <= caught.value.elapsed <= grace + 0.1
    assert caught.value.reasons == ("table orders does not exist",)
    assert isinstance(caught.value.state, TableState)
    assert not caught.value.state.exists
    if grace == 0:
        assert len(script.calls) == 1


def test_missing_fail_is_patient() -> None:
    """With missing="fail" a table that appears within the grace is waited for."""
    script = Script(by_time((0, NO_TABLE), (9.9, CREATING), (200, ACTIVE)))
    assert wait(script, missing="fail").exists


@pytest.mark.parametrize("first", [NO_TABLE, CREATING])
def test_an_answer_that_took_long_tells_of_the_past(first: Any) -> None:
    """The grace is over by what was asked after it, not by an answer from before.

    So a process that stood still with a "not found" in its hands does not believe it.
    """
    script = Script(
        in_turn(first, NO_TABLE, ACTIVE),
        latency=lambda call: 60.0 if call.number == 1 else 0.01,
    )
    assert wait(script, missing="fail").status == "ACTIVE"


@pytest.mark.parametrize(
    ("condition", "state", "reason"),
    [
        (indexes_active("nope"), INDEXED, "index nope does not exist"),
        (replicas_active("eu-west-1"), ACTIVE, "replica eu-west-1 is not listed"),
        (table_active() & indexes_active("nope"), INDEXED, "index nope does not exist"),
    ],
)
def test_missing_parts(condition: Any, state: Any, reason: str) -> None:
    """An index or a replica that is not there counts as missing, like a table."""
    script = Script(in_turn(state))
    with pytest.raises(ImpossibleError, match=reason) as caught:
        wait(script, "wait_for", "orders", condition, missing="fail")
    assert caught.value.elapsed == pytest.approx(10, abs=0.1)
    listener = Listener()
    later = Script(by_time((0, state), (15, table("DELETING"))))
    with pytest.raises((ImpossibleError, TimeoutError)):
        wait(later, "wait_for", "orders", condition, on_event=listener, timeout=60)
    (warning,) = listener.named("missing")
    assert reason.split()[1] in warning.text


def test_an_alternative_that_misses_nothing() -> None:
    """``a | b`` does not fail where only one side is missing."""
    condition = indexes_active("nope") | table_active()
    script = Script(by_time((0, table("UPDATING")), (60, ACTIVE)))
    wait(script, "wait_for", "orders", condition, missing="fail")
    assert script.ended >= 60


def test_an_alternative_that_misses_all() -> None:
    """``a | b`` fails where both sides are missing, and names both."""
    condition = indexes_active("nope") | indexes_active("neither")
    with pytest.raises(ImpossibleError) as caught:
        wait(Script(in_turn(ACTIVE)), "wait_for", "orders", condition, missing="fail")
    assert len(caught.value.reasons) == 2


def test_one_stale_not_found() -> None:
    """One not-found after a sighting is a stale read, and is survived."""
    script = Script(in_turn(CREATING, NO_TABLE, CREATING, NO_TABLE, NO_TABLE, ACTIVE))
    assert wait(script, missing="fail").status == "ACTIVE"


def test_gone() -> None:
    """A table that was seen, and then is not found for the grace, is gone."""
    script = Script(by_time((0, CREATING), (30, NO_TABLE)))
    with pytest.raises(TableGoneError) as caught:
        wait(script, timeout=None)
    assert caught.value.gone == "table orders"
    first = next(call.sent for call in script.calls if call.sent >= 30)
    assert script.ended == pytest.approx(first + 10, abs=0.1)


def test_gone_is_not_missing() -> None:
    """That a table is gone is told as such, also with missing="fail"."""
    script = Script(in_turn(CREATING, NO_TABLE))
    with pytest.raises(TableGoneError):
        wait(script, missing="fail")


def test_the_grace_begins_anew() -> None:
    """Not-founds count only where they last: a sighting between them starts anew."""
    flicker = [(at, NO_TABLE if at % 18 < 9 else CREATING) for at in range(9, 200, 9)]
    script = Script(by_time((0, CREATING), *flicker, (200, ACTIVE)))
    assert wait(script, polling=Polling(cap=2)).status == "ACTIVE"


def test_an_index_vanishes() -> None:
    """An awaited index that was seen, and then is not there for the grace, is gone."""
    script = Script(by_time((0, BACKFILLING), (50, ACTIVE)))
    with pytest.raises(TableGoneError) as caught:
        wait(script, "wait_for_indexes_active", "orders", ["by-email"])
    assert caught.value.gone == "index by-email"
    assert 60 <= script.ended <= 66


def test_an_index_flickers() -> None:
    """An index that is missing from one stale answer is still awaited."""
    script = Script(in_turn(BACKFILLING, ACTIVE, BACKFILLING, INDEXED))
    state = wait(script, "wait_for_indexes_active", "orders", ["by-email"])
    assert state.indexes["by-email"].is_active


def test_another_index_vanishes() -> None:
    """An index that nobody waits for may come and go."""
    both = table("ACTIVE", index("CREATING"), index(name="legacy"))
    script = Script(by_time((0, both), (5, BACKFILLING), (40, INDEXED)))
    wait(script, "wait_for_indexes_active", "orders", ["by-email"])


def test_gone_while_waiting_for_absent_indexes() -> None:
    """Waiting for an index to be gone, a table that goes with it is a failure."""
    script = Script(by_time((0, table("ACTIVE", index("DELETING"))), (5, NO_TABLE)))
    with pytest.raises(TableGoneError, match="table orders"):
        wait(script, "wait_for", "orders", indexes_absent("by-email"))


def test_another_incarnation() -> None:
    """A newer table of the same name is another table: the wait ends at once."""
    script = Script(
        by_time((0, CREATING), (30, table("CREATING", table_id="id-2", age=-30)))
    )
    with pytest.raises(TableGoneError, match="id-1 is now id-2") as caught:
        wait(script)
    assert caught.value.elapsed <= 30 * 1.1 + 0.1


def test_another_incarnation_is_active() -> None:
    """Not even an ACTIVE one counts: it is not the table that was awaited."""
    script = Script(in_turn(CREATING, table("ACTIVE", table_id="id-2", age=-30)))
    with pytest.raises(TableGoneError):
        wait(script)


def test_an_older_incarnation() -> None:
    """An answer about an older table is a stale read, whatever it says."""
    old = table("DELETING", table_id="id-0", age=500)
    script = Script(in_turn(CREATING, old, old, CREATING, ACTIVE))
    state = wait(script)
    assert state.table_id == "id-1"
    assert len(script.calls) == 5


def test_without_identity() -> None:
    """Servers that give no TableId are believed."""
    script = Script(in_turn(table("CREATING", table_id=None), ACTIVE))
    assert wait(script).exists


def test_deleted() -> None:
    """A table is deleted when it is not found."""
    script = Script(by_time((0, table("DELETING")), (4, NO_TABLE)))
    assert wait(script, "wait_for_table_deleted") is None
    assert 4 <= script.ended <= 4.5


def test_deleted_and_created_again() -> None:
    """Waiting for a deletion, a new table of that name is told as such."""
    script = Script(
        in_turn(table("DELETING"), table("CREATING", table_id="id-2", age=-9))
    )
    with pytest.raises(TableGoneError, match="created again"):
        wait(script, "wait_for_table_deleted")


def test_absent_from_the_start() -> None:
    """Waiting for a deletion, a table that never was is no failure."""
    script = Script(in_turn(NO_TABLE))
    assert not wait(script, "wait_for", "orders", table_absent()).exists
    assert len(script.calls) == 1


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (table("DELETING"), "table is DELETING"),
        (table("ARCHIVING"), "table is ARCHIVING"),
        (
            table(
                "ARCHIVED",
                ArchivalSummary={
                    "ArchivalReason": "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
                },
            ),
            "table is ARCHIVED (INACCESSIBLE_ENCRYPTION_CREDENTIALS)",
        ),
    ],
)
def test_impossible(response: Any, reason: str) -> None:
    """What cannot become ACTIVE any more ends the wait at the first look."""
    script = Script(in_turn(response))
    with pytest.raises(ImpossibleError) as caught:
        wait(script)
    assert caught.value.reasons == (reason,)
    assert len(script.calls) == caught.value.polls == 1
    assert reason in str(caught.value)


def test_a_failed_replica() -> None:
    """A replica that failed ends the wait with AWS's own description."""
    words = "Failed to create the replica: no such KMS key in eu-west-1"
    replica = {
        "RegionName": "eu-west-1",
        "ReplicaStatus": "CREATION_FAILED",
        "ReplicaStatusDescription": words,
    }
    script = Script(in_turn(table("ACTIVE", Replicas=[replica])))
    with pytest.raises(ImpossibleError, match=words):
        wait(script, "wait_for_replicas_active")


def test_a_lost_key() -> None:
    """A key that DynamoDB cannot use is awaited, with one warning."""
    listener = Listener()
    stuck = table("INACCESSIBLE_ENCRYPTION_CREDENTIALS")
    script = Script(by_time((0, stuck), (300, ACTIVE)))
    wait(script, on_event=listener)
    (warning,) = listener.named("warned")
    assert "an operator" in warning.text
    assert warning.elapsed == 0
