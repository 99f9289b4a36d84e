"""Conditions as they are written on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..conditions import parse_condition

if TYPE_CHECKING:
    from ..conditions import Condition


class Expression(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4
    """A condition in the grammar of `parse_condition`."""

    name = "expression"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Condition[Any]:
        """Read a condition."""
        try:
            return parse_condition(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
