"""Every waiter, by its row: success, failures, missing, refused arguments."""

from __future__ import annotations

from inspect import signature
from math import inf
from typing import TYPE_CHECKING, Any

import pytest

import dynawait
from dynawait import ImpossibleError, InvalidArgumentError, TableGoneError
from dynawait._names import FUNCTIONS
from tests.core.fakes import (
    ACTIVE,
    ARN,
    CREATING,
    NO_TABLE,
    Listener,
    Script,
    by_operation,
    in_turn,
    index,
    table,
    wait,
)
from tests.core.responses import STREAM
from tests.core.waiter_cases import INDEXES, PROBES, WAITERS

if TYPE_CHECKING:
    from tests.core.rows import Waiter

NOT_FOUND = [waiter for waiter in WAITERS if waiter.missing is not None]
SEEN_BEFORE = [waiter for waiter in NOT_FOUND if waiter not in PROBES and waiter.passes]
FAILING = [
    (waiter, words, response)
    for waiter in WAITERS
    for words, response in waiter.fails.items()
]
NAMES = sorted(name for names in FUNCTIONS.values() for name in names)
# What comes after the client in a call that is right.
CALLS: dict[str, tuple[Any, ...]] = {
    waiter.function: waiter.arguments for waiter in WAITERS
} | {"wait_for": ("orders", dynawait.table_active())}
TABLE_FUNCTIONS = sorted(
    name for name, arguments in CALLS.items() if arguments[0] in ("orders", ARN)
)


def play_waiter(waiter: Waiter, *answers: Any, **options: Any) -> tuple[Script, Any]:
    """Return a script for a row, and a function that plays it."""
    script = Script(
        by_operation(**{**waiter.before, waiter.operation: in_turn(*answers)})
    )
    return script, lambda: wait(
        script, waiter.function, *waiter.arguments, **waiter.options, **options
    )


def test_every_waiter_is_here() -> None:
    """The rows cover every public function that waits."""
    rest = {"describe", "wait_for", "wait_for_all"}
    waiting = {name for name in NAMES if not name.startswith("safe_")}
    waiting -= {"advance", "apply_index_changes"}
    assert {waiter.function for waiter in WAITERS} | rest == waiting


@pytest.mark.parametrize("waiter", WAITERS, ids=str)
def test_success(waiter: Waiter) -> None:
    """A waiter waits through every state on the way, and returns the typed state."""
    listener = Listener()
    script, run = play_waiter(waiter, *waiter.passes, waiter.ends, on_event=listener)
    assert waiter.result(run())
    looks = [call for call in script.calls if call.operation == waiter.operation]
    assert len(looks) == len(waiter.passes) + 1
    assert listener.events[-1].name == "wait.finished"


@pytest.mark.parametrize("waiter", WAITERS, ids=str)
def test_success_at_once(waiter: Waiter) -> None:
    """What holds already takes one look, with timeout=0 as well."""
    script, run = play_waiter(waiter, waiter.ends, timeout=0)
    assert waiter.result(run())
    assert len(script.calls) == 1 + len(waiter.before) * (waiter.arguments[0] != ARN)
    assert script.ended == 0


@pytest.mark.parametrize("waiter", [w for w in WAITERS if w.passes], ids=str)
def test_time_out(waiter: Waiter) -> None:
    """A time-out names what is awaited, and what it is instead."""
    _, run = play_waiter(waiter, waiter.passes[-1], timeout=3)
    with pytest.raises(dynawait.WaitTimeoutError) as caught:
        run()
    assert caught.value.elapsed <= 3
    assert caught.value.pending
    assert caught.value.table in ("orders", waiter.arguments[0], "by-email")


@pytest.mark.parametrize(
    ("waiter", "words", "response"),
    FAILING,
    ids=[f"{waiter}-{words}" for waiter, words, _ in FAILING],
)
def test_failure(waiter: Waiter, words: str, response: Any) -> None:
    """A state that will not become what is awaited ends it, in AWS's own words."""
    _, run = play_waiter(waiter, *waiter.passes[-1:], response)
    with pytest.raises(ImpossibleError) as caught:
        run()
    assert any(words in reason for reason in caught.value.reasons)
    assert words in str(caught.value)
    assert caught.value.elapsed < 1


@pytest.mark.parametrize("waiter", NOT_FOUND, ids=str)
def test_missing(waiter: Waiter) -> None:
    """What does not exist yet is awaited; with missing="fail" only for the grace."""
    listener = Listener()
    absent = [waiter.missing] * 60
    _, run = play_waiter(waiter, *absent, waiter.ends, on_event=listener)
    assert waiter.result(run())
    assert len(listener.named("missing")) == 1
    _, run = play_waiter(waiter, waiter.missing, missing="fail")
    with pytest.raises(ImpossibleError, match="does not exist") as caught:
        run()
    assert caught.value.elapsed == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize("waiter", SEEN_BEFORE, ids=str)
def test_gone(waiter: Waiter) -> None:
    """What was seen, and then is not found for the grace, is gone."""
    seen = [state for state in waiter.passes if isinstance(state, dict)]
    _, run = play_waiter(waiter, *seen, waiter.missing)
    with pytest.raises(TableGoneError, match="was there and is gone"):
        run()


@pytest.mark.parametrize(
    "waiter", [w for w in INDEXES if w.function.endswith("_deleted")], ids=str
)
def test_deleted_with_the_table(waiter: Waiter) -> None:
    """That indexes are gone is asked of a table that exists."""
    _, run = play_waiter(waiter, NO_TABLE, missing="fail")
    with pytest.raises(ImpossibleError):
        run()


def test_a_named_destination_only() -> None:
    """Another stream that failed is no failure of the awaited one."""
    other = {"StreamArn": f"{STREAM}-2", "DestinationStatus": "ENABLE_FAILED"}
    mine = {"StreamArn": STREAM, "DestinationStatus": "ENABLING"}
    done = {"StreamArn": STREAM, "DestinationStatus": "ACTIVE"}
    script = Script(
        in_turn(
            {"KinesisDataStreamDestinations": [other, mine]},
            {"KinesisDataStreamDestinations": [other, done]},
        )
    )
    state = wait(script, "wait_for_kinesis_destination", "orders", STREAM)
    assert state.stream_arn == STREAM


def test_probes_ask_every_index() -> None:
    """The probe asks each index once, with half a key for each key attribute."""
    keys = [
        {"AttributeName": "tenant", "KeyType": "HASH"},
        {"AttributeName": "day", "KeyType": "HASH"},
        {"AttributeName": "at", "KeyType": "RANGE"},
    ]
    described = table("ACTIVE", index(), index(name="by-day", KeySchema=keys))
    described["Table"]["AttributeDefinitions"] += [
        {"AttributeName": "tenant", "AttributeType": "S"},
        {"AttributeName": "day", "AttributeType": "N"},
        {"AttributeName": "at", "AttributeType": "B"},
    ]
    script = Script(by_operation(DescribeTable=described, Query={"Items": []}))
    wait(script, "indexes_queryable")
    queries = [c.parameters for c in script.calls if c.operation == "Query"]
    assert {query["IndexName"] for query in queries} == {"by-email", "by-day"}
    (by_day,) = (query for query in queries if query["IndexName"] == "by-day")
    assert by_day["Limit"] == 1
    assert sorted(by_day["ExpressionAttributeNames"].values()) == ["day", "tenant"]
    assert [list(v) for v in by_day["ExpressionAttributeValues"].values()] == [
        ["S"],
        ["N"],
    ]


def test_probes_of_one_index() -> None:
    """The probe asks only the index that was named."""
    described = table("ACTIVE", index(), index(name="by-day"))
    script = Script(by_operation(DescribeTable=described, Query={"Items": []}))
    wait(script, "indexes_queryable", "orders", "by-day")
    asked = [c.parameters["IndexName"] for c in script.calls if c.operation == "Query"]
    assert asked == ["by-day"]


def test_no_indexes_to_probe() -> None:
    """A table without indexes has no index that cannot be queried."""
    script = Script(by_operation(DescribeTable=ACTIVE))
    assert wait(script, "indexes_queryable").exists


def test_the_write_probe_writes_nothing() -> None:
    """The write goes under a condition that cannot hold, with a key of every type."""
    described = table("ACTIVE")
    described["Table"]["KeySchema"].append({"AttributeName": "at", "KeyType": "RANGE"})
    described["Table"]["AttributeDefinitions"].append(
        {"AttributeName": "at", "AttributeType": "N"}
    )
    (_, waiter) = PROBES
    script = Script(by_operation(DescribeTable=described, PutItem=waiter.ends))
    wait(script, "table_writable")
    request = script.calls[-1].parameters
    assert {name: list(value) for name, value in request["Item"].items()} == {
        "pk": ["S"],
        "at": ["N"],
    }
    assert request["ConditionExpression"] == (
        "attribute_exists(#key) AND attribute_not_exists(#key)"
    )


@pytest.mark.parametrize("waiter", [*PROBES, WAITERS[-4]], ids=str)
def test_one_budget(waiter: Waiter) -> None:
    """The timeout is the whole call's, also where it looks at two things in turn."""
    script, _ = play_waiter(waiter, waiter.passes[0])
    script.latency = 2
    with pytest.raises(dynawait.WaitTimeoutError):
        wait(script, waiter.function, *waiter.arguments, timeout=5)
    assert script.ended == pytest.approx(5)


def test_a_budget_used_up_by_the_first_look() -> None:
    """A first answer at the last moment leaves no endless second call."""
    described = table("ACTIVE", index())
    script = Script(
        by_operation(DescribeTable=described, Query={"Items": []}),
        latency=lambda call: 5 if call.operation == "DescribeTable" else inf,
    )
    with pytest.raises(dynawait.WaitTimeoutError):
        wait(script, "indexes_queryable", timeout=5)
    assert script.ended == pytest.approx(5)


def test_the_error_of_a_second_look() -> None:
    """A time-out at the second thing that is looked at tells of the whole call."""
    script = Script(
        by_operation(DescribeTable=table("ACTIVE", index()), Query=NO_TABLE), latency=2
    )
    with pytest.raises(dynawait.WaitTimeoutError, match="timeout=9") as caught:
        wait(script, "indexes_queryable", timeout=9)
    assert caught.value.elapsed == pytest.approx(9)


def test_probes_without_a_timeout() -> None:
    """A probe may wait for ever, at the table and at the index."""
    described = in_turn(CREATING, table("ACTIVE", index()))
    waiter, _ = PROBES
    queries = in_turn(*[waiter.passes[0]] * 400, waiter.ends)
    script = Script(by_operation(DescribeTable=described, Query=queries))
    wait(script, "indexes_queryable", "orders", "by-email", timeout=None)
    assert script.ended > 3000


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ab",
        "a" * 256,
        "orders/2",
        "or ders",
        "bestellübersicht",
        None,
        7,
        ["orders"],
        "arn:aws:s3:::bucket",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/",
        "arn:aws:dynamodb:eu-central-1:123456789012:table/" + "a" * 1100,
    ],
)
def test_table_names_that_are_refused(name: Any) -> None:
    """What can be no table's name is refused by every waiter before the first call."""
    script = Script(in_turn(ACTIVE))
    for function in TABLE_FUNCTIONS:
        with pytest.raises(InvalidArgumentError, match="table: ") as caught:
            wait(script, function, name, *CALLS[function][1:])
        assert caught.value.argument == "table"
    assert not script.calls


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("timeout", -1),
        ("timeout", float("nan")),
        ("timeout", "60"),
        ("timeout", True),
        ("polling", 5),
        ("missing", "ignore"),
        ("missing", None),
        ("on_event", "print"),
    ],
)
def test_options_that_are_refused(option: str, value: Any) -> None:
    """What can be no option is refused by every waiter before the first call."""
    script = Script(in_turn(ACTIVE))
    for function, arguments in CALLS.items():
        if option in signature(getattr(dynawait, function)).parameters:
            with pytest.raises(InvalidArgumentError, match=option):
                wait(script, function, *arguments, **{option: value})
    assert not script.calls


@pytest.mark.parametrize(
    ("function", "arguments", "argument"),
    [
        ("wait_for", ("orders", "active"), "condition"),
        ("wait_for", ("orders", None), "condition"),
        ("wait_for_indexes_active", ("orders", ["x", "y", "x"]), "named twice: x"),
        ("wait_for_replicas_active", ("orders", ["r", "r"]), "named twice: r"),
        ("wait_for_indexes_active", ("orders", [7]), "names"),
        ("wait_for_indexes_active", ("orders", [""]), "names"),
        ("wait_for_indexes_deleted", ("orders", []), "indexes"),
        ("wait_for_vector_indexes_deleted", ("orders", ()), "indexes"),
        ("wait_for_replicas_deleted", ("orders", []), "regions"),
        ("wait_for_witnesses_deleted", ("orders", []), "regions"),
        ("wait_for_kinesis_destination", ("orders", ""), "stream_arn"),
        ("wait_for_kinesis_destination", ("orders", None), "stream_arn"),
        ("wait_for_export", ("",), "export_arn"),
        ("wait_for_import", (None,), "import_arn"),
        ("wait_for_backup", (7,), "backup_arn"),
    ],
)
def test_arguments_that_are_refused(
    function: str, arguments: tuple[Any, ...], argument: str
) -> None:
    """What can be no condition, name or ARN is refused before the first call."""
    script = Script(in_turn(ACTIVE))
    with pytest.raises(InvalidArgumentError, match=argument):
        wait(script, function, *arguments)
    assert not script.calls


@pytest.mark.parametrize("index_name", ["", 7])
def test_insights_of_no_index(index_name: Any) -> None:
    """The name of an index must be one."""
    script = Script(in_turn(ACTIVE))
    with pytest.raises(InvalidArgumentError, match="index"):
        wait(script, "wait_for_contributor_insights", "orders", index=index_name)
