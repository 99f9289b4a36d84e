"""Verdicts and conditions, and how they combine."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import TypeVar

    from ..states import TableState

    S_contra = TypeVar("S_contra", contravariant=True, default=TableState)
else:
    # The default of a type variable is for type checkers; typing_extensions costs
    # more to import than the rest of this package together.
    from typing import TypeVar

    S_contra = TypeVar("S_contra", contravariant=True)

_TIGHTNESS = {"or": 0, "and": 1, "not": 2, "leaf": 3}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a condition says of a state.

    Attributes:
        kind: *satisfied*, *pending*, or *impossible*: waiting longer cannot help.
        reasons: what it still waits for, or why it cannot come true, a sentence each.
        missing: what does not exist yet though it is awaited, ``"index by-email"``.
        warnings: what stands still until a person does something.
    """

    kind: Literal["satisfied", "pending", "impossible"]
    reasons: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @classmethod
    def satisfied(cls) -> Verdict:
        """Return the verdict that there is nothing to wait for."""
        return _SATISFIED

    @classmethod
    def pending(
        cls,
        *reasons: str,
        missing: tuple[str, ...] = (),
        warnings: tuple[str, ...] = (),
    ) -> Verdict:
        """Return the verdict that it is not so yet, and why."""
        return cls("pending", reasons, missing, warnings)

    @classmethod
    def impossible(cls, *reasons: str) -> Verdict:
        """Return the verdict that it cannot come true, and why."""
        return cls("impossible", reasons)


_SATISFIED = Verdict("satisfied")


@dataclass(frozen=True, slots=True, repr=False)
class Condition(Generic[S_contra]):
    """A question about a state, that can be combined with ``&``, ``|`` and ``~``.

    Made by the functions of this module. ``a & b`` is impossible when either side is,
    ``a | b`` when both are. ``~a`` is about the present: satisfied whenever ``a`` is
    not, whatever may become of it. ``~~a`` is ``a``, and De Morgan's laws hold.

    Two conditions are equal when they print alike and ask the same predicates.

    Attributes:
        text: a single question, as it prints.
        question: the pure function of a state that answers it.
        kind: a single question, or how `parts` are combined.
        parts: what is combined; of a single question, what makes it differ from
            another of the same text.
    """

    text: str
    question: Callable[[Any], Verdict] | None = field(default=None, compare=False)
    kind: Literal["leaf", "not", "and", "or"] = "leaf"
    parts: tuple[Any, ...] = ()

    def judge(self, state: S_contra) -> Verdict:
        """Answer the question about a state."""
        if self.question is not None:
            return self.question(state)
        if self.kind == "and":
            return all_of(part.judge(state) for part in self.parts)
        if self.kind == "or":
            return any_of(part.judge(state) for part in self.parts)
        (inner,) = self.parts
        if inner.kind == "leaf":
            return _not(inner, state)
        # By De Morgan, so that what is negated twice on the way is itself again.
        merge = any_of if inner.kind == "and" else all_of
        return merge((~part).judge(state) for part in inner.parts)

    def __and__(self, other: Condition[Any]) -> Condition[Any]:
        """Return the condition that both hold."""
        if not _is_condition(other):
            return NotImplemented
        return _combine("and", self, other)

    def __or__(self, other: Condition[Any]) -> Condition[Any]:
        """Return the condition that at least one holds."""
        if not _is_condition(other):
            return NotImplemented
        return _combine("or", self, other)

    def __invert__(self) -> Condition[Any]:
        """Return the condition that this one does not hold now."""
        if self.kind == "not":
            inner: Condition[Any] = self.parts[0]
            return inner
        return Condition("", None, "not", (self,))

    def __bool__(self) -> bool:
        """Refuse: ``and``, ``or`` and ``not`` would lose half of the condition."""
        raise TypeError("a Condition has no truth value: combine with &, | and ~")

    def __repr__(self) -> str:
        """Return the expression."""
        if self.kind == "leaf":
            return self.text
        if self.kind == "not":
            return f"~{_bracketed(self.parts[0], 'not')}"
        sign = " & " if self.kind == "and" else " | "
        return sign.join(_bracketed(part, self.kind) for part in self.parts)


def _is_condition(value: Any) -> bool:
    return isinstance(value, Condition)


def leaf(text: str, judge: Callable[[Any], Verdict], *token: object) -> Condition[Any]:
    """Make a condition that asks one question.

    Args:
        text: how it prints.
        judge: the question, a pure function of a state.
        token: what else two equal conditions must have in common.
    """
    return Condition(text, judge, "leaf", token)


def portable(condition: Condition[Any]) -> Condition[Any]:
    """Return a condition that can be pickled, and that prints like this one.

    The conditions of this package are returned as they are. One that asks a function
    which cannot be pickled, as of `satisfies`, only prints: to judge by it is a
    TypeError.
    """
    if condition.kind != "leaf":
        parts = tuple(portable(part) for part in condition.parts)
        return Condition("", None, condition.kind, parts)
    import pickle

    try:
        pickle.loads(pickle.dumps(condition))  # noqa: S301 - our own bytes
    except Exception:  # noqa: BLE001 - a foreign __reduce__ may raise anything
        return leaf(condition.text, partial(_lost, condition.text), "only prints")
    return condition


def _lost(text: str, _state: Any) -> Verdict:
    raise TypeError(f"{text} was pickled without its function, so it only prints")


def _bracketed(condition: Condition[Any], around: str) -> str:
    if _TIGHTNESS[condition.kind] < _TIGHTNESS[around]:
        return f"({condition!r})"
    return repr(condition)


def _combine(
    kind: Literal["and", "or"], left: Condition[Any], right: Condition[Any]
) -> Condition[Any]:
    """Join two conditions; chains of one kind stay flat, however long."""
    parts = tuple(
        part
        for side in (left, right)
        for part in (side.parts if side.kind == kind else (side,))
    )
    return Condition("", None, kind, parts)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that all of these hold: impossible when one is."""
    open_ones = [verdict for verdict in verdicts if verdict.kind != "satisfied"]
    impossible = [verdict for verdict in open_ones if verdict.kind == "impossible"]
    return _merged(impossible or open_ones) if open_ones else _SATISFIED


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that at least one holds: impossible when all are."""
    pending: list[Verdict] = []
    impossible: list[Verdict] = []
    for verdict in verdicts:
        if verdict.kind == "satisfied":
            return _SATISFIED
        (pending if verdict.kind == "pending" else impossible).append(verdict)
    merged = _merged(pending or impossible)
    if all(verdict.missing for verdict in pending):
        return merged
    # One way is open that misses nothing, so nothing is missing.
    return Verdict(merged.kind, merged.reasons, (), merged.warnings)


def _merged(verdicts: list[Verdict]) -> Verdict:
    """Return one verdict for several of one kind, which says each thing once."""
    if len(verdicts) == 1:
        return verdicts[0]

    def union(name: str) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(word for part in verdicts for word in getattr(part, name))
        )

    return Verdict(
        verdicts[0].kind, union("reasons"), union("missing"), union("warnings")
    )


def _not(condition: Condition[Any], state: Any) -> Verdict:
    if condition.judge(state).kind == "satisfied":
        return Verdict.pending(f"{condition!r} still holds")
    return _SATISFIED
