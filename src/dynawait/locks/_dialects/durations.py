"""Go's durations as text: ``"1m30s"``, ``"500ms"``, ``"1.5h"``.

The grammar is that of `time.ParseDuration`, the spelling that of `Duration.String`
(https://pkg.go.dev/time).
"""

from __future__ import annotations

import re

NANOSECONDS = 1_000_000_000
LONGEST = 2**63 - 1
"""Go counts nanoseconds in 64 bits: 292 years."""

_UNITS = {
    "ns": 1,
    "us": 1000,
    "\u00b5s": 1000,  # the micro sign, which Go writes
    "\u03bcs": 1000,  # the Greek letter, which it reads as well
    "ms": 1_000_000,
    "s": NANOSECONDS,
    "m": 60 * NANOSECONDS,
    "h": 3600 * NANOSECONDS,
}
_TERM = re.compile("([0-9]*)(?:[.]([0-9]*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)")
_LONGEST_TEXT = 128


def parse_duration(text: str) -> int | None:
    """Read a duration.

    Returns:
        Its nanoseconds; None where Go would refuse the text.
    """
    if len(text) > _LONGEST_TEXT:
        return None
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total, at = 0, 0
    while at < len(rest):
        term = _TERM.match(rest, at)
        if term is None or not (term[1] or term[2]):
            return None
        whole, fraction, unit = term[1] or "0", term[2] or "", _UNITS[term[3]]
        total += int(whole) * unit + int(fraction or "0") * unit // 10 ** len(fraction)
        at = term.end()
    # -2**63 is a duration, 2**63 is none.
    return sign * total if rest and total <= LONGEST + (sign < 0) else None


def format_duration(nanoseconds: int) -> str:
    """Write a duration that is not negative as Go writes it."""
    if nanoseconds == 0:
        return "0s"
    for unit in ("ns", "\u00b5s", "ms"):
        if nanoseconds < 1000 * _UNITS[unit]:
            return _decimal(nanoseconds, _UNITS[unit]) + unit
    minutes, rest = divmod(nanoseconds, 60 * NANOSECONDS)
    hours, minutes_left = divmod(minutes, 60)
    text = _decimal(rest, NANOSECONDS) + "s"
    if minutes:
        text = f"{minutes_left}m{text}"
    return f"{hours}h{text}" if hours else text


def _decimal(number: int, unit: int) -> str:
    """Write a number in a unit, which is a power of ten, without trailing zeros."""
    whole, rest = divmod(number, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
