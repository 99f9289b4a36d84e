"""A waiter as a row: what it passes through, where it ends, how it fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.core.fakes import CREATING, NO_TABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Waiter:
    """One way of calling one waiter.

    Attributes:
        function: its public name.
        arguments: what comes after the client.
        options: keyword arguments that choose what is awaited.
        operation: what shows it.
        passes: the responses before the last one, in order.
        ends: the response that satisfies it.
        result: what is checked about the state that it returns.
        fails: the responses that end it, by AWS's words in the error.
        missing: the error that says that there is nothing to look at yet; None where
            that is what is awaited.
        before: what other operations answer.
    """

    function: str
    ends: Any
    arguments: tuple[Any, ...] = ("orders",)
    options: Mapping[str, Any] = field(default_factory=dict)
    operation: str = "DescribeTable"
    passes: tuple[Any, ...] = (CREATING,)
    result: Callable[[Any], bool] = lambda state: state.status == "ACTIVE"
    fails: Mapping[str, Any] = field(default_factory=dict)
    missing: Any = NO_TABLE
    before: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return what the row is called in the test report."""
        extras = [str(value) for value in (*self.arguments[1:], *self.options.values())]
        return "-".join([self.function, *extras])
