"""Conditions as text, for command lines and configuration files.

::

    expression = term { "|" term }
    term       = factor { "&" factor }
    factor     = "~" factor | "(" expression ")" | word [ "(" names ")" ]
    names      = [ name { "," name } ]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InvalidArgumentError
from ._indexes import (
    indexes_absent,
    indexes_active,
    indexes_started,
    vector_indexes_active,
)
from ._regions import replicas_absent, replicas_active
from ._settings import (
    billing_mode,
    deletion_protection,
    encryption_settled,
    stream_enabled,
    warm_throughput_settled,
)
from ._tables import quiet, table_absent, table_active

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..states import TableState
    from ._algebra import Condition

_WORDS: dict[str, Callable[[], Condition[Any]]] = {
    "active": table_active,
    "absent": table_absent,
    "quiet": quiet,
    "stream": stream_enabled,
    "encryption": encryption_settled,
    "warm": warm_throughput_settled,
    "protected": lambda: deletion_protection(True),  # noqa: FBT003 - its only argument
}
_CALLS: dict[str, Callable[..., Condition[Any]]] = {
    "indexes": indexes_active,
    "indexes_absent": indexes_absent,
    "indexes_started": indexes_started,
    "vectors": vector_indexes_active,
    "replicas": replicas_active,
    "replicas_absent": replicas_absent,
    "billing": billing_mode,
}
_SIGNS = "&|~(),"
_MOST_NESTED = 100


def parse_condition(text: str) -> Condition[TableState]:
    """Read a condition from text.

    ``~`` binds tighter than ``&``, and ``&`` tighter than ``|``. The words are
    ``active``, ``absent``, ``quiet``, ``stream``, ``encryption``, ``warm``,
    ``protected``, and with names in brackets ``indexes``, ``indexes_absent``,
    ``indexes_started``, ``vectors``, ``replicas``, ``replicas_absent`` and
    ``billing(MODE)``.

    >>> parse_condition("active & indexes(by-email) & ~replicas(eu-west-1)")
    table_active() & indexes_active('by-email') & ~replicas_active('eu-west-1')

    Args:
        text: the expression.

    Raises:
        InvalidArgumentError: it cannot be read; says where, and what was expected.
    """
    return _Reader(text).read()


class _Reader:
    """A recursive descent over the tokens of one text."""

    def __init__(self, text: Any) -> None:
        if not isinstance(text, str):
            raise InvalidArgumentError("condition", f"expected text, got {text!r}")
        self.text: str = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def read(self) -> Condition[Any]:
        condition = self.expression()
        if self.peek():
            raise self.error("expected &, | or the end")
        return condition

    def expression(self) -> Condition[Any]:
        condition = self.term()
        while self.take("|"):
            condition = condition | self.term()
        return condition

    def term(self) -> Condition[Any]:
        condition = self.factor()
        while self.take("&"):
            condition = condition & self.factor()
        return condition

    def factor(self) -> Condition[Any]:
        self.depth += 1
        if self.depth > _MOST_NESTED:
            raise self.error(f"nested deeper than {_MOST_NESTED}")
        try:
            if self.take("~"):
                return ~self.factor()
            if self.take("("):
                condition = self.expression()
                if not self.take(")"):
                    raise self.error("expected )")
                return condition
            return self.word()
        finally:
            self.depth -= 1

    def word(self) -> Condition[Any]:
        word = self.peek()
        if not word or word in _SIGNS:
            raise self.error("expected a condition")
        if word in _WORDS:
            self.at += 1
            return _WORDS[word]()
        if word not in _CALLS:
            known = ", ".join([*_WORDS, *(f"{name}(...)" for name in _CALLS)])
            raise self.error(f"no such condition; there are {known}")
        self.at += 1
        names = self.names(word)
        if word == "billing" and len(names) != 1:
            raise self.error("billing takes one mode: billing(PAY_PER_REQUEST)")
        try:
            return _CALLS[word](*names)
        except InvalidArgumentError as error:
            raise self.error(error.problem) from error

    def names(self, word: str) -> list[str]:
        if not self.take("("):
            raise self.error(f"expected ( after {word}")
        names: list[str] = []
        while not self.take(")"):
            if names and not self.take(","):
                raise self.error("expected , or )")
            name = self.peek()
            if not name or name in _SIGNS:
                raise self.error("expected a name")
            names.append(name)
            self.at += 1
        return names

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def take(self, sign: str) -> bool:
        if self.peek() != sign:
            return False
        self.at += 1
        return True

    def error(self, problem: str) -> InvalidArgumentError:
        if self.at < len(self.tokens):
            position, token = self.tokens[self.at]
            place = f"at {token!r} (character {position + 1})"
        else:
            place = "at the end"
        return InvalidArgumentError("condition", f"{self.text!r}: {place}: {problem}")


def _tokens(text: str) -> list[tuple[int, str]]:
    """Split a text into signs and words, each with its position."""
    tokens: list[tuple[int, str]] = []
    start = None
    for position, character in enumerate(text + " "):
        plain = character not in _SIGNS and not character.isspace()
        if plain and start is None:
            start = position
        if not plain and start is not None:
            tokens.append((start, text[start:position]))
            start = None
        if character in _SIGNS:
            tokens.append((position, character))
    return tokens
