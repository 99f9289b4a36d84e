"""How conditions combine, on random conditions and random states."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

import dynawait
from dynawait import (
    Condition,
    TableState,
    Verdict,
    indexes_active,
    satisfies,
    table_active,
)
from tests.unit.condition_samples import conditions, states

if TYPE_CHECKING:
    from collections.abc import Callable

PENDING, IMPOSSIBLE = Verdict.pending("not yet"), Verdict.impossible("never")
STATE = TableState.absent("orders")


def fixed(verdict: Verdict, name: str = "fixed") -> Condition[TableState]:
    """Return a condition with one answer to everything."""
    return Condition(name, lambda _: verdict)


def kind(condition: Condition[Any], state: TableState) -> str:
    """Return the kind of a verdict."""
    return condition.judge(state).kind


@given(conditions, states)
def test_verdicts_are_of_one_kind_and_explained(
    condition: Condition[TableState], state: TableState
) -> None:
    """A verdict is satisfied without a word, or pending or impossible with reasons."""
    verdict = condition.judge(state)
    if verdict.kind == "satisfied":
        assert verdict == Verdict.satisfied()
        return
    assert verdict.kind in ("pending", "impossible")
    assert verdict.reasons
    assert all(verdict.reasons)
    assert len(set(verdict.reasons)) == len(verdict.reasons)


@given(conditions, conditions, states)
def test_de_morgan(
    a: Condition[TableState], b: Condition[TableState], state: TableState
) -> None:
    """~(a & b) and ~a | ~b are of one kind on every state, and so are their duals."""
    assert kind(~(a & b), state) == kind(~a | ~b, state)
    assert kind(~(a | b), state) == kind(~a & ~b, state)


@given(conditions, states)
def test_negation_is_about_the_present(
    a: Condition[TableState], state: TableState
) -> None:
    """~a is satisfied exactly when a is not, and of a question never impossible."""
    negated = kind(~a, state)
    assert (negated == "satisfied") == (kind(a, state) != "satisfied")
    assert a.kind != "leaf" or negated != "impossible"


@given(conditions)
def test_double_negation_is_no_negation(a: Condition[TableState]) -> None:
    """~~a is a, the very object unless a is a negation itself."""
    assert ~~a == a
    assert a.kind == "not" or ~~a is a


@given(conditions, states)
def test_idempotence(a: Condition[TableState], state: TableState) -> None:
    """A condition combined with itself says what it says alone, and says it once."""
    assert (a & a).judge(state) == a.judge(state)
    assert (a | a).judge(state) == a.judge(state)


@given(conditions, conditions, states)
def test_commutativity(
    a: Condition[TableState], b: Condition[TableState], state: TableState
) -> None:
    """The order of the sides changes the order of the reasons and nothing else."""
    for one, other in ((a & b, b & a), (a | b, b | a)):
        left, right = one.judge(state), other.judge(state)
        assert left.kind == right.kind
        assert set(left.reasons) == set(right.reasons)
        assert set(left.missing) == set(right.missing)
        assert set(left.warnings) == set(right.warnings)


@given(conditions, conditions, conditions)
def test_associativity(
    a: Condition[TableState], b: Condition[TableState], c: Condition[TableState]
) -> None:
    """Brackets within one kind of combination make no difference at all."""
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    assert repr((a & b) & c) == repr(a & (b & c))


@given(conditions, conditions, states)
def test_when_combinations_are_satisfied_or_impossible(
    a: Condition[TableState], b: Condition[TableState], state: TableState
) -> None:
    """& is impossible when either side is, | when both are; satisfied the dual way."""
    kinds = {kind(a, state), kind(b, state)}
    both, either = kind(a & b, state), kind(a | b, state)
    assert (both == "impossible") == ("impossible" in kinds)
    assert (either == "impossible") == (kinds == {"impossible"})
    assert (both == "satisfied") == (kinds == {"satisfied"})
    assert (either == "satisfied") == ("satisfied" in kinds)


@given(conditions)
def test_repr_can_be_typed_again(a: Condition[TableState]) -> None:
    """A condition prints as the expression that makes an equal one."""
    again = eval(repr(a), vars(dynawait) | {n: getattr(dynawait, n) for n in NAMES})  # noqa: S307 - our own text
    assert again == a
    assert hash(again) == hash(a)
    assert repr(again) == repr(a)


NAMES = [name for name in vars(dynawait)["__all__"] if name.islower()]


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda a, b, c: a & b | c, "a & b | c"),
        (lambda a, b, c: a & (b | c), "a & (b | c)"),
        (lambda a, b, c: ~(a & b) | c, "~(a & b) | c"),
        (lambda a, b, c: ~a & b & ~c, "~a & b & ~c"),
        (lambda a, b, c: a | (b | c), "a | b | c"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_brackets_stand_where_they_are_needed(
    made: Callable[[Any, Any, Any], Condition[Any]], text: str
) -> None:
    """The printed expression has the brackets that it needs and no others."""
    assert repr(made(*(fixed(PENDING, name) for name in "abc"))) == text


def test_conditions_have_no_truth_value() -> None:
    """`and`, `or`, `not` and `if` raise, where they would drop half of a condition."""
    with pytest.raises(TypeError, match=r"combine with &, \| and ~"):
        bool(table_active())
    with pytest.raises(TypeError, match="no truth value"):
        _ = table_active() and indexes_active()


@pytest.mark.parametrize("other", [True, None, "active", Verdict.satisfied()])
def test_conditions_combine_with_conditions_only(other: Any) -> None:
    """Any other operand is a TypeError, on either side."""
    for combine in (and_, or_):
        with pytest.raises(TypeError, match="unsupported operand"):
            combine(table_active(), other)
        with pytest.raises(TypeError, match="unsupported operand"):
            combine(other, table_active())


@pytest.mark.parametrize("operator", [and_, or_])
def test_long_chains_stay_flat(operator: Callable[[Any, Any], Any]) -> None:
    """A chain of 10,000 conditions is judged and printed without deep recursion."""
    leaves = [indexes_active(f"i{number}") for number in range(10_000)]
    # In pieces, as each step of a chain prints what it has so far.
    pieces = [reduce(operator, leaves[at : at + 100]) for at in range(0, 10_000, 100)]
    chain = reduce(operator, pieces)
    assert len(chain.parts) == 10_000
    state = TableState("orders", status="ACTIVE")
    verdict = chain.judge(state)
    assert verdict.kind == "pending"
    assert len(verdict.reasons) == len(verdict.missing) == 10_000
    assert kind(~chain, state) == "satisfied"
    assert repr(chain).startswith("indexes_active('i0') ")


def test_and_tells_all_that_is_open() -> None:
    """& merges reasons, missing things and warnings, each once and in order."""
    one = Verdict.pending("a", "b", missing=("x",), warnings=("w",))
    two = Verdict.pending("b", "c", missing=("x", "y"), warnings=("v",))
    assert (fixed(one) & fixed(two)).judge(STATE) == Verdict(
        "pending", ("a", "b", "c"), ("x", "y"), ("w", "v")
    )


def test_and_tells_only_what_is_impossible_once_something_is() -> None:
    """Reasons that might pass are left out beside one that cannot."""
    both = fixed(PENDING) & fixed(IMPOSSIBLE) & fixed(Verdict.satisfied())
    assert both.judge(STATE) == IMPOSSIBLE


def test_or_tells_the_ways_that_are_open() -> None:
    """| gives the reasons of what is pending and forgets what is impossible."""
    assert (fixed(IMPOSSIBLE) | fixed(PENDING)).judge(STATE) == PENDING
    never = Verdict.impossible("never", "too late")
    both = fixed(IMPOSSIBLE) | fixed(never)
    assert both.judge(STATE) == never


def test_or_misses_something_only_where_every_way_does() -> None:
    """With one way open that lacks nothing, nothing is missing; warnings stay."""
    lacking = Verdict.pending("a", missing=("x",), warnings=("w",))
    other = Verdict.pending("b", missing=("y",))
    assert (fixed(lacking) | fixed(other)).judge(STATE).missing == ("x", "y")
    either = (fixed(lacking) | fixed(PENDING)).judge(STATE)
    assert either == Verdict("pending", ("a", "not yet"), (), ("w",))


def test_negation_says_what_still_holds() -> None:
    """A pending negation names the questions that should not hold."""
    still = (~(fixed(Verdict.satisfied(), "a") | fixed(PENDING, "b"))).judge(STATE)
    assert still == Verdict.pending("a still holds")


def test_equality_is_of_expressions_and_predicates() -> None:
    """Equal text is enough for built-in questions; own predicates must be the same."""

    def any_state(state: TableState) -> bool:
        return state.exists

    assert indexes_active("a") & table_active() == indexes_active("a") & table_active()
    assert indexes_active("a") & table_active() != table_active() & indexes_active("a")
    assert satisfies(any_state, "any") == satisfies(any_state, "any")
    assert satisfies(any_state, "any") != satisfies(lambda _: True, "any")
    assert len({table_active(), table_active(), ~table_active()}) == 2
