"""What can be sent to another process: errors with all their facts, and all values."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

import dynawait
from dynawait import Condition, Event, TableState, conditions, errors, satisfies
from dynawait.changes import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
)
from dynawait.errors import ChangeError, DynawaitError
from dynawait.events import Progress, Writer
from dynawait.locks.records import LockRecord
from dynawait.plans import NOTHING, Advance, ChangeResult, Plan, Step
from tests.unit.condition_samples import conditions as any_condition
from tests.unit.condition_samples import states
from tests.unit.state_samples import table

if TYPE_CHECKING:
    from collections.abc import Callable

STATE = table(
    TableStatus="UPDATING",
    GlobalSecondaryIndexes=[{"IndexName": "by-email", "IndexStatus": "CREATING"}],
)
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
WRITER = Writer("UpdateTable", "autoscaling", NOW, "192.0.2.7", "Boto3/1.40", "Busy")
PROGRESS = Progress("by-email", "backfilling", 310.0, 42.0, 430.0, 1200)
STEP = Step(
    title="create index by-email",
    operation="UpdateTable",
    parameters={"TableName": "orders", "GlobalSecondaryIndexUpdates": [{"Create": {}}]},
    reason="it does not exist",
    needs=dynawait.quiet(),
    effect=dynawait.indexes_started("by-email") & ~dynawait.table_absent(),
    still=dynawait.indexes_active("by-email") | dynawait.table_absent(),
    action="create",
    duration="hours",
    again=NOW,
)
OTHER = Step(title="b", operation="UpdateTable", parameters={}, reason="it is not so")
PLAN = Plan("orders", (STEP, OTHER), (OTHER,), ("mind the gap",))
INDEX = CreateIndex("by-email", "email")
VECTORS = CreateVectorIndex("by-meaning", attribute="meaning", dimensions=3)
FACTS: dict[str, Any] = {
    "table": "orders",
    "plan": PLAN,
    "done": [OTHER],
    "failed": STEP,
    "left": [STEP],
    "state": STATE,
}
HOLDER = LockRecord(key="deploy", owner="web-1", dialect="amazon", raw={})
WAIT: dict[str, Any] = {"table": "orders", "state": STATE, "elapsed": 1.0, "polls": 2}


def samples() -> list[DynawaitError]:
    """Return one error of each class, with all its facts."""
    plan_error = errors.PlanError(["no such key", "no such type"], table="orders")
    conflict = errors.TableConflictError(
        existing=STATE, wanted={"TableName": "orders"}, differences=["another key"]
    )
    for error in (plan_error, conflict):
        error.plan, error.done, error.failed = PLAN, (OTHER,), STEP
    return [
        DynawaitError("something"),
        errors.InvalidArgumentError("timeout", "expected seconds"),
        errors.UnreadableResponseError("Table", "expected a mapping"),
        errors.WaitError("it ended", **WAIT),
        errors.WaitTimeoutError(awaited="quiet()", pending=["a"], timeout=1, **WAIT),
        errors.ImpossibleError(
            awaited="quiet()", reasons=["a"], missing=["index a"], **WAIT
        ),
        errors.TableGoneError(
            awaited="quiet()", gone="table orders", reason="is gone", **WAIT
        ),
        ChangeError("it ended", **FACTS),
        errors.ChangeTimeoutError("time is up", writers=[WRITER], **FACTS),
        plan_error,
        errors.QuotaError("too often", not_before=NOW, **FACTS),
        conflict,
        *(
            errors.IndexConflictError(
                table="orders",
                existing=STATE.indexes["by-email"],
                wanted=wanted,
                differences=["another key"],
            )
            for wanted in (INDEX, VECTORS)
        ),
        errors.OutcomeUnknownError("who knows", **FACTS),
        errors.QueueClosedError("closed", **FACTS),
        errors.LockError("deploy: it ended", key="deploy", table="locks"),
        errors.LockTimeoutError(key="deploy", table="locks", holder=HOLDER, waited=1.0),
        errors.LockLostError(key="deploy", table="locks", reason="stolen"),
        errors.LockMismatchError("deploy: another", key="deploy", table="locks"),
        errors.UnreadableLockError(key="deploy", table="locks", record=HOLDER),
        errors.GlobalTableLockError(table="locks", regions=["eu-west-1"]),
        errors.ServiceError(
            code="AccessDeniedException",
            message="no",
            operation="UpdateTable",
            table="orders",
            advice="ask",
        ),
    ]


VALUES = [
    STEP,
    PLAN,
    Plan("orders"),
    ChangeResult(STATE, PLAN, (STEP,), (OTHER,), 12.5),
    Advance(finished=False, sent=STEP, retry_after=5.0, plan=PLAN, reasons=("a",)),
    INDEX,
    VECTORS,
    CreateIndex(
        "by-many", [("a", "S"), ("b", "N")], "c", ["d"], (1, 2), warm=(5, None)
    ),
    DeleteIndex("legacy"),
    UpdateIndex("by-day", (3, 4)),
    ReplaceIndex("by-day", INDEX),
    DeleteVectorIndex("by-meaning"),
    PROGRESS,
    WRITER,
    Event(
        "change.progress",
        *("orders", "quiet()", 3.5, 2, "a text", ("a reason",), STATE),
        step=STEP,
        plan=PLAN,
        progress=PROGRESS,
        writers=(WRITER,),
    ),
]


def sent(value: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> Any:
    """Send a value through pickle."""
    return pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own bytes


def kind_of(value: object) -> str:
    """Name a parameter by its class."""
    return type(value).__name__


def test_every_error_has_its_sample() -> None:
    """No class of the module is left out."""
    classes = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, DynawaitError)
    }
    assert {type(error) for error in samples()} == classes


@pytest.mark.parametrize("protocol", [2, pickle.HIGHEST_PROTOCOL])
@pytest.mark.parametrize("error", samples(), ids=kind_of)
def test_errors_keep_their_facts(error: DynawaitError, protocol: int) -> None:
    """An error is the same after pickle, twice over, with the errors behind it."""
    cause = errors.ServiceError(
        code="X", message="y", operation="DescribeTable", table="orders"
    )
    cause.__cause__ = ConnectionResetError(104, "reset")
    error.__cause__ = cause
    again = sent(sent(error, protocol), protocol)
    assert type(again) is type(error)
    assert (str(again), again.args) == (str(error), error.args)
    assert vars(again) == vars(error)
    behind: Any = again.__cause__
    assert vars(behind) == vars(cause)
    assert behind.__cause__.args == (104, "reset")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, sent])
@pytest.mark.parametrize("value", VALUES, ids=kind_of)
def test_values_survive(value: Any, copied: Callable[[Any], Any]) -> None:
    """A copy is equal, prints alike and has the same hash."""
    again = copied(value)
    assert again == value
    assert str(again) == str(value)
    assert repr(again) == repr(value)
    assert hash(again) == hash(value)


def test_a_plan_is_as_good_after_it_was_sent() -> None:
    """Its goal prints and judges as before, without questions that ask nothing."""
    again = sent(PLAN)
    assert again.goal == PLAN.goal
    assert repr(again.goal) == repr(PLAN.goal)
    assert again.to_json() == PLAN.to_json()
    assert sent(OTHER).needs == NOTHING
    for state in (STATE, TableState.absent("orders")):
        assert again.goal.judge(state) == PLAN.goal.judge(state)


def test_parameters_may_be_any_mapping() -> None:
    """A mapping that cannot be pickled is sent as a dictionary."""
    parameters = MappingProxyType({"TableName": "orders"})
    step = Step(title="a", operation="b", parameters=parameters, reason="c")
    assert sent(step).parameters == {"TableName": "orders"}


@given(any_condition, states)
def test_conditions_survive(condition: Condition[TableState], state: Any) -> None:
    """Every condition of the library, however combined, asks the same afterwards."""
    again = sent(condition)
    assert again == condition
    assert repr(again) == repr(condition)
    assert again.judge(state) == condition.judge(state)


def test_every_condition_survives() -> None:
    """No maker of conditions is left out."""
    names: dict[str, tuple[Any, ...]] = {
        "billing_mode": ("PROVISIONED",),
        "deletion_protection": (True,),
        "table_class": ("STANDARD",),
        "throughput": (1, 2),
        "satisfies": (bool, "it is there"),
        "parse_condition": ("active | ~protected",),
    }
    values = {"Condition", "Verdict", "no_table"}
    for name in sorted(set(conditions.__all__) - values):
        condition = getattr(conditions, name)(*names.get(name, ()))
        again = sent(condition)
        assert again == condition, name
        assert again.judge(STATE) == condition.judge(STATE), name


def holding(condition: Condition[Any]) -> Step:
    """Return a step with a condition of the user's own."""
    return Step(
        title="raise the limit",
        operation="UpdateTable",
        parameters={},
        reason="it is low",
        needs=dynawait.quiet() & ~condition,
        effect=condition,
    )


class Locked:
    """A predicate that cannot be pickled."""

    def __init__(self) -> None:
        """Hold a lock."""
        self.lock = threading.Lock()

    def __call__(self, state: TableState) -> bool:
        """Answer yes."""
        return True


class Unloadable:
    """A predicate that pickles, and then cannot be loaded."""

    def __call__(self, state: TableState) -> bool:
        """Answer yes."""
        return True

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild by what fails."""
        return int, ("x",)


@pytest.mark.parametrize(
    "predicate", [lambda _: True, Locked(), Unloadable()], ids=kind_of
)
def test_a_predicate_that_cannot_be_sent(predicate: Any) -> None:
    """Error and plan survive; the condition prints as before, and says why no more."""
    condition = satisfies(predicate, "100 items or more")
    step = holding(condition)
    error = ChangeError("it ended", table="orders", plan=Plan("orders", (step,)))
    again = sent(sent(error)).plan.steps[0]
    assert repr(again.effect) == repr(step.effect)
    assert repr(again.needs) == repr(step.needs)
    assert again.facts() == step.facts()
    with pytest.raises(TypeError, match="was pickled without its function"):
        again.effect.judge(STATE)


def test_a_predicate_that_can_be_sent_is() -> None:
    """A function of a module judges on the other side as well."""
    again = sent(holding(satisfies(bool, "it is there")))
    assert again == holding(satisfies(bool, "it is there"))
    assert again.effect.judge(STATE).kind == "satisfied"
