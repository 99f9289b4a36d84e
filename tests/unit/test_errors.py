"""What is promised of every exception: what it is, says, holds and survives."""

from __future__ import annotations

import copy
import pickle
import re
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import errors
from dynawait.changes import CreateIndex
from dynawait.errors import (
    ChangeError,
    ChangeTimeoutError,
    DynawaitError,
    GlobalTableLockError,
    ImpossibleError,
    IndexConflictError,
    InvalidArgumentError,
    LockError,
    LockLostError,
    LockMismatchError,
    LockTimeoutError,
    OutcomeUnknownError,
    PlanError,
    QueueClosedError,
    QuotaError,
    ServiceError,
    TableConflictError,
    TableGoneError,
    UnreadableLockError,
    UnreadableResponseError,
    WaitError,
    WaitTimeoutError,
)
from dynawait.locks.records import LockRecord
from dynawait.plans import Plan, Step
from dynawait.states import IndexState
from tests.unit.state_samples import table

if TYPE_CHECKING:
    from collections.abc import Callable

STATE = table(TableStatus="UPDATING")
FACTS: dict[str, Any] = {
    "table": "orders",
    "state": STATE,
    "elapsed": 12.34,
    "polls": 5,
}
AWAITED = "table_active()"
FIRST = Step(title="a", operation="UpdateTable", parameters={}, reason="it is asked")
SECOND = Step(title="b", operation="UpdateTable", parameters={}, reason="it is asked")
HALF_WAY: dict[str, Any] = {
    "table": "orders",
    "plan": Plan("orders", (FIRST, SECOND)),
    "done": [FIRST],
    "failed": SECOND,
    "state": STATE,
}


def samples() -> list[DynawaitError]:
    """Return one of each."""
    return [
        DynawaitError("something"),
        InvalidArgumentError("timeout", "expected seconds, got 'x'"),
        UnreadableResponseError("Table.Replicas[0]", "expected a mapping, got 7"),
        WaitError("orders: it ended", **FACTS),
        WaitTimeoutError(
            awaited=AWAITED, pending=["table is UPDATING"], timeout=12, **FACTS
        ),
        ImpossibleError(awaited=AWAITED, reasons=["table is DELETING"], **FACTS),
        TableGoneError(
            awaited=AWAITED,
            gone="table orders",
            reason="was there and is gone",
            **FACTS,
        ),
        ChangeError("it ended", **HALF_WAY),
        ChangeTimeoutError("timed out after 12 s", **HALF_WAY),
        PlanError(["no such key", "no such type"], table="orders"),
        QuotaError(
            "too often", not_before=datetime(2026, 1, 2, tzinfo=UTC), **HALF_WAY
        ),
        TableConflictError(
            existing=STATE, wanted={"TableName": "orders"}, differences=["another key"]
        ),
        IndexConflictError(
            table="orders",
            existing=IndexState("by-day", status="ACTIVE"),
            wanted=CreateIndex("by-day", "day"),
            differences=["another key"],
        ),
        OutcomeUnknownError("no answer came", **HALF_WAY),
        QueueClosedError("the queue takes no change", table="orders"),
        LockError("deploy: it ended", key="deploy", table="locks"),
        LockTimeoutError(key="deploy", table="locks", holder=HOLDER, waited=12.34),
        LockLostError(key="deploy", table="locks", reason="stolen", fencing_token=7),
        LockMismatchError("deploy: another one holds it", key="deploy", table="locks"),
        UnreadableLockError(key="deploy", table="locks", record=UNREADABLE),
        GlobalTableLockError(table="locks", regions=["eu-west-1"]),
        ServiceError(
            code="AccessDeniedException",
            message="User is not authorized",
            operation="DescribeTable",
            table="orders",
            advice="Check the credentials",
        ),
    ]


HOLDER = LockRecord(key="deploy", owner="web-1", dialect="amazon", raw={})
UNREADABLE = LockRecord(
    key="deploy", dialect="amazon", readable=False, problem="it has no owner", raw={}
)
AGAIN = (
    "done: a; failed: b; once that is mended, run the same request again: it goes on "
    "from here"
)
MESSAGES = {
    "DynawaitError": "something",
    "InvalidArgumentError": "timeout: expected seconds, got 'x'",
    "UnreadableResponseError": (
        "cannot read the response: Table.Replicas[0]: expected a mapping, got 7"
    ),
    "WaitError": "orders: it ended",
    "WaitTimeoutError": (
        "orders: timed out after 12.3 s (timeout=12) waiting for table_active(); "
        "last seen in 5 polls: table is UPDATING"
    ),
    "ImpossibleError": (
        "orders: table_active() cannot come true: table is DELETING "
        "(after 12.3 s, 5 polls)"
    ),
    "TableGoneError": (
        "orders: table orders was there and is gone while waiting for table_active() "
        "(after 12.3 s, 5 polls)"
    ),
    "ChangeError": f"orders: it ended; {AGAIN}",
    "ChangeTimeoutError": (
        "orders: timed out after 12 s; done: a; under way: b; run the same request "
        "again to wait for it"
    ),
    "PlanError": "orders: no such key; no such type",
    "QuotaError": (
        f"orders: too often (not before 2026-01-02T00:00:00+00:00); {AGAIN}"
    ),
    "TableConflictError": (
        "orders: the table exists and is not the one asked for: another key"
    ),
    "IndexConflictError": (
        "orders: index by-day exists and is not the one asked for: another key. "
        "Use another name, or ReplaceIndex"
    ),
    "OutcomeUnknownError": (
        "orders: no answer came; done: a; in doubt: b; run the same request again to "
        "find out"
    ),
    "QueueClosedError": "orders: the queue takes no change",
    "LockError": "deploy: it ended",
    "LockTimeoutError": (
        "deploy: not acquired in 12.3 s; last seen held by 'web-1'. Wait longer, or "
        "look at it with inspect and assess"
    ),
    "LockLostError": (
        "deploy: the lock is lost: another client has taken it. What it protects may "
        "already be in other hands"
    ),
    "LockMismatchError": "deploy: another one holds it",
    "UnreadableLockError": (
        "deploy: the row cannot be read as a lock of the dialect amazon: it has no "
        "owner. Look whose it is, and use another key, or delete it"
    ),
    "GlobalTableLockError": (
        "locks has replicas in eu-west-1: writes of two Regions do not see each other "
        "in time, so both could win. Use a table without replicas, or "
        "allow_global_table=True where all clients are in one Region"
    ),
    "ServiceError": (
        "orders: DescribeTable was refused: AccessDeniedException: User is not "
        "authorized. Check the credentials"
    ),
}
BUILTINS = {
    "InvalidArgumentError": ValueError,
    "UnreadableResponseError": ValueError,
    "WaitTimeoutError": TimeoutError,
    "ChangeTimeoutError": TimeoutError,
    "LockTimeoutError": TimeoutError,
    "PlanError": ValueError,
}


def name_of(error: object) -> str:
    """Name a parameter by the class of the error."""
    return type(error).__name__


def classes() -> dict[str, type[BaseException]]:
    """Return the exceptions of the module by name."""
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }


def test_every_error_is_tested_here() -> None:
    """No exception of the module lacks its sample and its message."""
    assert {name_of(error) for error in samples()} == set(classes()) == set(MESSAGES)


def test_the_drawn_tree_is_the_real_one() -> None:
    """The tree in the module's docstring names every class under its parent."""
    drawn: dict[str, str | None] = {}
    builtins: dict[str, type] = {}
    above: list[tuple[int, str]] = []
    assert errors.__doc__ is not None
    rows = re.findall(
        r"^( {4,})(\w+Error)(?: +also (\w+).*)?$", errors.__doc__, re.MULTILINE
    )
    for space, name, builtin in rows:
        while above and above[-1][0] >= len(space):
            above.pop()
        drawn[name] = above[-1][1] if above else None
        above.append((len(space), name))
        if builtin:
            builtins[name] = {"ValueError": ValueError, "TimeoutError": TimeoutError}[
                builtin
            ]
    ours = classes()
    real = {
        name: next(
            (base.__name__ for base in kind.__bases__ if base in ours.values()), None
        )
        for name, kind in ours.items()
    }
    assert drawn == real
    assert builtins == BUILTINS


@pytest.mark.parametrize("error", samples(), ids=name_of)
def test_messages(error: DynawaitError) -> None:
    """A message says what was tried or awaited, what was seen, and for how long."""
    assert str(error) == MESSAGES[name_of(error)]
    assert error.args == (str(error),)


@pytest.mark.parametrize("error", samples(), ids=name_of)
def test_builtin_bases(error: DynawaitError) -> None:
    """Time-outs are TimeoutErrors, bad values are ValueErrors, the rest is neither."""
    expected = BUILTINS.get(name_of(error))
    for builtin in (TimeoutError, ValueError):
        assert isinstance(error, builtin) == (builtin is expected)
    assert isinstance(error, DynawaitError)
    assert type(error).__module__ == "dynawait.errors"


def over_pickle(protocol: int) -> Callable[[Any], Any]:
    """Return a function that sends an error through pickle."""
    return lambda error: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own bytes


COPIES: dict[str, Callable[[Any], Any]] = {
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
    **{
        f"pickle {protocol}": over_pickle(protocol)
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        if protocol > 1  # frozen slotted states need protocol 2
    },
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", MESSAGES)
def test_errors_survive_being_sent(name: str, way: str) -> None:
    """A copy has the class, message, facts, notes and cause of the original."""
    error = next(error for error in samples() if name_of(error) == name)
    error.__cause__ = ConnectionResetError(104, "reset")
    error.add_note("while deploying")
    again: Any = COPIES[way](error)
    assert type(again) is type(error)
    assert again is not error
    assert (str(again), again.args) == (str(error), error.args)
    assert vars(again) == vars(error)
    assert again.__notes__ == ["while deploying"]
    assert isinstance(again.__cause__, ConnectionResetError)
    assert again.__cause__.args == (104, "reset")
    if isinstance(error, WaitError):
        # raw takes no part in the comparison above.
        assert vars(again)["state"].raw == STATE.raw


@pytest.mark.parametrize("error", samples(), ids=name_of)
def test_a_copy_can_be_raised_and_sent_again(error: DynawaitError) -> None:
    """What came out of pickle is an exception like any other."""
    again = over_pickle(4)(over_pickle(4)(error))
    assert again.__cause__ is None
    with pytest.raises(type(error), match=re.escape(str(error))):
        raise again


@pytest.mark.parametrize("way", COPIES)
def test_the_cause_of_botocore_survives(way: str) -> None:
    """A ClientError is kept with its response, even one of a client's own classes."""
    exceptions = pytest.importorskip("botocore.exceptions")
    response = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
    generated = type("AccessDeniedException", (exceptions.ClientError,), {})
    for kind in (exceptions.ClientError, generated):
        (*_, error) = samples()
        error.__cause__ = kind(response, "DescribeTable")
        cause: Any = COPIES[way](error).__cause__
        assert isinstance(cause, exceptions.ClientError)
        assert cause.response["Error"]["Code"] == "AccessDeniedException"
        assert cause.operation_name == "DescribeTable"


class HoldsALockError(Exception):
    """An error that cannot be pickled, as it holds a lock."""

    def __init__(self) -> None:
        """Hold one."""
        super().__init__("holds a lock")
        self.lock = threading.Lock()


class WantsTwoError(Exception):
    """An error that pickles, and then cannot be loaded."""

    def __init__(self, one: str, two: str) -> None:
        """Want two arguments and keep one."""
        super().__init__(one + two)


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("cause", [HoldsALockError(), WantsTwoError("a", "b")])
def test_a_cause_that_cannot_be_sent_is_told(cause: Exception, way: str) -> None:
    """An error whose cause cannot be pickled is sent with the text of it."""
    (*_, error) = samples()
    error.__cause__ = cause
    again = COPIES[way](error)
    assert again.code == "AccessDeniedException"
    assert type(again.__cause__) is RuntimeError
    assert again.__cause__.args == (repr(cause),)
    assert error.__cause__ is cause


def test_a_timeout_that_saw_nothing() -> None:
    """A wait that never had an answer says so, and what the last call failed with."""
    error = WaitTimeoutError(
        table="orders",
        awaited=AWAITED,
        pending=(),
        timeout=0.5,
        state=None,
        elapsed=0.5,
        polls=1,
        trouble="Could not connect",
    )
    assert str(error) == (
        "orders: timed out after 0.5 s (timeout=0.5) waiting for table_active(); "
        "last seen in 1 poll: nothing was seen; the last call failed: "
        "Could not connect"
    )
    assert error.pending == ()


def test_facts_are_attributes() -> None:
    """Every error holds what its message says, so nobody has to read the message."""
    facts = {name_of(error): vars(error) for error in samples()}
    argument, response = facts["InvalidArgumentError"], facts["UnreadableResponseError"]
    wait, timeout = facts["WaitError"], facts["WaitTimeoutError"]
    impossible, gone = facts["ImpossibleError"], facts["TableGoneError"]
    refused, change = facts["ServiceError"], facts["ChangeError"]
    assert change == HALF_WAY | {"problem": "it ended", "done": (FIRST,), "left": ()}
    assert argument == {"argument": "timeout", "problem": "expected seconds, got 'x'"}
    assert response["where"] == "Table.Replicas[0]"
    assert wait == FACTS
    assert timeout == FACTS | {"pending": ("table is UPDATING",)}
    assert impossible == FACTS | {"reasons": ("table is DELETING",), "missing": ()}
    assert gone == FACTS | {"gone": "table orders"}
    assert refused == {
        "code": "AccessDeniedException",
        "message": "User is not authorized",
        "operation": "DescribeTable",
        "table": "orders",
    }


def test_a_refusal_without_words() -> None:
    """A service error that came without a message says so."""
    error = ServiceError(code="X", message="", operation="DescribeTable", table="t")
    assert str(error) == "t: DescribeTable was refused: X: no message"
