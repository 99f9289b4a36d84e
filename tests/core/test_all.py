"""Waiting for many tables: states, failures, pace."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest

from dynawait import (
    ImpossibleError,
    InvalidArgumentError,
    Polling,
    ServiceError,
    TableState,
    WaitTimeoutError,
    quiet,
    table_absent,
    table_active,
)
from tests.core.fakes import (
    ACTIVE,
    CREATING,
    DENIED,
    NO_TABLE,
    THROTTLED,
    Call,
    Listener,
    Script,
    by_table,
    by_time,
    in_turn,
    table,
    wait,
)


def many(number: int) -> dict[str, Any]:
    """Return conditions for many tables."""
    return {f"table-{place:03}": table_active() for place in range(number)}


def in_time(moment: float) -> Any:
    """Return the answers of a table that becomes ACTIVE at a moment."""
    return by_time((0, CREATING), (moment, ACTIVE))


def wait_all(script: Script, conditions: Any, **options: Any) -> dict[str, TableState]:
    """Call `wait_for_all` against a script."""
    states: dict[str, TableState] = wait(script, "wait_for_all", conditions, **options)
    return states


def test_all_states() -> None:
    """The result has the state of every table by the name it was asked for."""
    script = Script(
        by_table(
            orders=in_time(20),
            users=in_time(3),
            legacy=by_time((0, table("DELETING", name="legacy")), (9, NO_TABLE)),
        )
    )
    conditions = {
        "orders": quiet(),
        "users": table_active(),
        "legacy": table_absent(),
    }
    states = wait_all(script, conditions)
    assert list(states) == list(conditions)
    assert {name: state.status for name, state in states.items()} == {
        "orders": "ACTIVE",
        "users": "ACTIVE",
        "legacy": "ABSENT",
    }
    assert 20 <= script.ended <= 22


def test_arns() -> None:
    """A table may be named by its ARN, which is then its name in the result."""
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    script = Script(in_turn(ACTIVE))
    assert list(wait_all(script, {arn: table_active()})) == [arn]
    assert script.calls[0].table == arn


def test_no_tables() -> None:
    """To wait for nothing takes no call."""
    script = Script(in_turn(ACTIVE))
    assert wait_all(script, {}) == {}
    assert not script.calls


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(table("DELETING", name="users"), ImpossibleError), (DENIED, ServiceError)],
)
def test_the_first_failure(answer: Any, kind: type[Exception]) -> None:
    """The first failure is raised with the name of its table, and ends the others."""
    script = Script(
        by_table(
            orders=in_time(500),
            users=by_time((0, CREATING), (30, answer)),
            carts=in_time(500),
        ),
        latency=0.05,
    )
    conditions = dict.fromkeys(("orders", "users", "carts"), table_active())
    with pytest.raises(kind, match="users: ") as caught:
        wait_all(script, conditions)
    assert getattr(caught.value, "table", None) == "users"
    assert script.ended <= 34


def test_one_deadline() -> None:
    """All tables share one timeout, and the error names one that was not ready."""
    script = Script(by_table(orders=in_time(5), users=in_time(500)))
    conditions = {"orders": table_active(), "users": table_active()}
    with pytest.raises(WaitTimeoutError) as caught:
        wait_all(script, conditions, timeout=60)
    assert caught.value.table == "users"
    assert script.ended == pytest.approx(60)


@pytest.mark.parametrize("timeout", [0, 0.5, 7])
def test_short_deadlines(timeout: float) -> None:
    """A timeout holds for a hundred tables as well, also if it is short."""
    script = Script(in_turn(CREATING), latency=0.02)
    with pytest.raises(WaitTimeoutError):
        wait_all(script, many(100), timeout=timeout, max_rate=20)
    assert script.ended == pytest.approx(timeout, abs=0.021)


@pytest.mark.parametrize(("rate", "tables"), [(2, 5), (25, 100), (1000, 30)])
def test_the_rate_cap(rate: float, tables: int) -> None:
    """Two calls are never closer than the rate cap allows, not even the first ones."""
    script = Script(in_time(20), latency=0.01)
    wait_all(script, many(tables), max_rate=rate)
    assert min(script.gaps) >= 1 / rate - 1e-9


def test_one_table_keeps_the_cap_too() -> None:
    """A rate cap that was asked for also holds where there is one table only."""
    script = Script(in_time(20))
    wait_all(script, many(1), max_rate=0.5, polling=Polling(floor=0.1, cap=0.1))
    assert min(script.gaps) >= 2 - 1e-9


def test_the_cap_of_the_client() -> None:
    """Without a cap of their own, 500 tables are polled 100 times a second at most."""
    script = Script(in_time(30), latency=0.02)
    states = wait_all(script, many(500))
    assert len(states) == 500
    assert min(script.gaps) >= 0.01 - 1e-9
    assert script.ended <= 30 + 500 / 100 + 3


def test_states_are_not_mixed_up() -> None:
    """Each of many tables has its own state, however alike or different they are."""

    def answer(call: Call) -> Any:
        place = int(call.table.removeprefix("table-"))
        key = [{"AttributeName": f"pk-{place % 600}", "KeyType": "HASH"}]
        return table(
            name=call.table,
            table_id=call.table,
            KeySchema=key,
            ItemCount=place,
            BillingModeSummary={"BillingMode": "PAY_PER_REQUEST"},
        )

    states = wait_all(Script(answer), many(900))
    for place, (name, state) in enumerate(states.items()):
        assert state.name == state.table_id == name
        assert state.item_count == place
        assert state.key_schema.partition == (f"pk-{place % 600}",)
        assert state == TableState.parse(state.raw)
        assert state.raw["KeySchema"][0]["AttributeName"] == f"pk-{place % 600}"


def test_everyone_is_looked_at_equally() -> None:
    """Of many tables none is forgotten while the others are looked at."""
    script = Script(in_time(60), latency=0.02)
    wait_all(script, many(300))
    counts: dict[str, int] = {}
    for call in script.calls:
        counts[call.table] = counts.get(call.table, 0) + 1
    assert len(counts) == 300
    assert max(counts.values()) <= min(counts.values()) + 3


def rate_between(script: Script, start: float, end: float) -> float:
    """Tell how many calls a second were sent in a span of time."""
    return sum(start <= moment < end for moment in script.sent) / (end - start)


def test_throttling_slows_the_group() -> None:
    """While calls are throttled the whole group slows down, and then recovers."""
    script = Script(
        by_time((0, CREATING), (4, THROTTLED), (10, CREATING), (60, ACTIVE)),
        latency=0.02,
    )
    wait_all(script, many(500), timeout=None)
    assert rate_between(script, 0, 4) == pytest.approx(100, rel=0.05)
    assert rate_between(script, 6, 10) <= 5
    assert rate_between(script, 30, 60) == pytest.approx(100, rel=0.1)
    assert min(script.gaps) >= 0.01 - 1e-9


def test_a_service_with_a_limit() -> None:
    """Behind a limit of 20 calls a second 200 tables are all noticed."""
    arrivals: list[float] = []

    def answer(call: Call) -> Any:
        now = call.arrived or 0.0
        if sum(now - 1 < moment for moment in arrivals[-20:]) >= 20:
            return THROTTLED
        arrivals.append(now)
        return CREATING if now < 30 else ACTIVE

    script = Script(answer, latency=0.02)
    listener = Listener()
    states = wait_all(script, many(200), timeout=None, on_event=listener)
    assert len(states) == 200
    assert len(listener.named("retried")) < len(script.calls) / 3
    assert script.ended <= 120


def test_one_hanging_call() -> None:
    """A call that never returns delays none of the other tables."""
    script = Script(
        by_table(**{f"table-{place:03}": in_time(20) for place in range(40)}),
        latency=lambda call: inf if call.table == "table-007" else 0.02,
    )
    listener = Listener()
    with pytest.raises(WaitTimeoutError) as caught:
        wait_all(script, many(40), timeout=100, on_event=listener)
    assert caught.value.table == "table-007"
    finished = listener.named("finished")
    assert len(finished) == 39
    assert max(event.elapsed for event in finished) <= 24


def test_one_table_in_trouble() -> None:
    """A table whose calls are throttled over and over does not hide the others."""
    script = Script(
        by_table(
            orders=by_time((0, THROTTLED), (50, ACTIVE)),
            users=in_time(10),
        )
    )
    listener = Listener()
    wait_all(
        script, {"orders": table_active(), "users": table_active()}, on_event=listener
    )
    (users,) = (e for e in listener.named("finished") if e.table == "users")
    assert users.elapsed <= 13


def test_missing_tables() -> None:
    """Of many tables the one that is missing is warned about by its name."""
    script = Script(by_table(orders=in_time(60), oders=by_time((0, NO_TABLE))))
    listener = Listener()
    with pytest.raises(WaitTimeoutError):
        wait_all(
            script,
            {"orders": table_active(), "oders": table_active()},
            timeout=30,
            on_event=listener,
        )
    assert [event.table for event in listener.named("missing")] == ["oders"]


@pytest.mark.parametrize("rate", [0, -1, nan, inf, "fast", True])
def test_rates_that_are_refused(rate: Any) -> None:
    """A rate that is no finite number above zero is refused before the first call."""
    script = Script(in_turn(ACTIVE))
    with pytest.raises(InvalidArgumentError, match="max_rate"):
        wait_all(script, many(2), max_rate=rate)
    assert not script.calls


@pytest.mark.parametrize(
    "conditions",
    [
        {"orders": "active"},
        {"orders": table_active},
        {"": table_active()},
        {7: table_active()},
    ],
)
def test_targets_that_are_refused(conditions: Any) -> None:
    """A target that is no table, or no condition, is refused before the first call."""
    script = Script(in_turn(ACTIVE))
    with pytest.raises(InvalidArgumentError):
        wait_all(script, conditions)
    assert not script.calls
