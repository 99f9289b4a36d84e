"""Spans of time as people write them: ``90s``, ``10m``, ``2h``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    _Type = click.ParamType[float]
else:  # it has no parameters at run time before click 8.4
    _Type = click.ParamType

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_ONE = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_WHOLE = re.compile(rf"(?:{_ONE.pattern})+")


class Span(_Type):
    """A span of time; its value is in seconds.

    Attributes:
        endless: whether ``none`` is one, which is for ever.
    """

    name = "span"

    def __init__(self, *, endless: bool = False) -> None:
        """Say whether it may be endless."""
        self.endless = endless

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        """Return how help shows it; click before 8.2 gives no context."""
        del param, ctx
        return "SPAN"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the seconds; infinity for ``none``."""
        if not isinstance(value, str):
            return float(value)
        text = value.strip().lower()
        if self.endless and text == "none":
            return float("inf")
        if not _WHOLE.fullmatch(text):
            also = ", or none for as long as it takes" if self.endless else ""
            self.fail(
                f"{value!r} is no span of time: write 90s, 10m, 2h, 1h30m{also}",
                param,
                ctx,
            )
        return sum(float(n) * _UNITS[unit] for n, unit in _ONE.findall(text))


def spell(seconds: float) -> str:
    """Return a span as people read it.

    >>> spell(3.2), spell(95), spell(7500)
    ('3.2 s', '1 min 35 s', '2 h 5 min')
    """
    if seconds < _UNITS["m"]:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
