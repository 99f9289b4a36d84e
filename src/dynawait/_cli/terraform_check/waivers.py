"""Waivers: findings that were agreed on, for a reason and perhaps for a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .findings import Finding, Rule, Severity
from .values import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

STRANGER = Rule(
    "DW903",
    "waiver-of-unknown-rule",
    Severity.WARNING,
    "A waiver names a rule that does not exist",
    "It excuses nothing, although somebody meant it to.",
    "Correct the rule; `dynawait terraform check --list-rules` shows them.",
)
EXPIRED = Rule(
    "DW904",
    "waiver-expired",
    Severity.WARNING,
    "A waiver is out of date",
    "It was agreed on until a day that is past, and excuses nothing any more.",
    "Agree on it again, or remove it.",
)
UNUSED = Rule(
    "DW905",
    "waiver-unused",
    Severity.NOTE,
    "A waiver excuses nothing",
    "Nothing is found that it would excuse: it may have done its service.",
    "Remove it.",
)
RULES = (STRANGER, EXPIRED, UNUSED)
_FIELDS = ("rule", "address", "reason", "expires")


class WaiverError(Exception):
    """A file of waivers is not as it should be."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that was agreed on.

    Attributes:
        rule: the identifier or the name of the rule.
        address: of the resource; ``*`` stands for anything.
        reason: why.
        expires: the last day on which it counts; None: for ever.
    """

    rule: str
    address: str
    reason: str
    expires: date | None = None

    def excuses(self, finding: Finding) -> bool:
        """Tell whether it is about a finding, whatever the day."""
        pattern = ".*".join(map(re.escape, self.address.split("*")))
        named = self.rule in (finding.rule.id, finding.rule.name)
        return named and re.fullmatch(pattern, finding.address) is not None


def read_waivers(data: Any) -> tuple[Waiver, ...]:
    """Read what a file of waivers says.

    Raises:
        WaiverError: it says something else.
    """
    entries = data
    if is_object(data):
        if set(data) != {"waivers"}:
            raise WaiverError("it must hold a list under the name waivers, and no more")
        entries = data["waivers"]
    if not is_list(entries):
        raise WaiverError("it must hold a list of waivers")
    return tuple(_waiver(each, f"waivers[{n}]") for n, each in enumerate(entries))


def apply_waivers(
    findings: Iterable[Finding],
    waivers: Sequence[Waiver],
    *,
    today: date,
    rules: Sequence[Rule],
) -> list[Finding]:
    """Return the findings with what excuses them, and what is wrong with waivers.

    Args:
        findings: what was found.
        waivers: what was agreed on.
        today: the day, in UTC.
        rules: those that exist.
    """
    known = {word for rule in rules for word in (rule.id, rule.name)}
    valid = [
        waiver
        for waiver in waivers
        if waiver.rule in known and not _is_past(waiver, today)
    ]
    used: set[int] = set()
    found: list[Finding] = []
    for finding in findings:
        for number, waiver in enumerate(valid):
            if waiver.excuses(finding):
                used.add(number)
                found.append(replace(finding, waiver=waiver))
                break
        else:
            found.append(finding)
    unused = [waiver for number, waiver in enumerate(valid) if number not in used]
    return [*found, *_complaints(waivers, unused, known, today)]


def _complaints(
    waivers: Sequence[Waiver], unused: Sequence[Waiver], known: set[str], today: date
) -> Iterator[Finding]:
    for waiver in waivers:
        if waiver.rule not in known:
            close = get_close_matches(waiver.rule, sorted(known), n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = f"there is no rule {waiver.rule}{hint}"
            yield STRANGER.finds(waiver.address, message)
        elif _is_past(waiver, today):
            message = f"the waiver of {waiver.rule} expired on {waiver.expires}"
            yield EXPIRED.finds(waiver.address, message)
    for waiver in unused:
        message = f"the waiver of {waiver.rule} excuses nothing"
        yield UNUSED.finds(waiver.address, message)


def _is_past(waiver: Waiver, today: date) -> bool:
    return waiver.expires is not None and waiver.expires < today


def _waiver(entry: Any, where: str) -> Waiver:
    if not is_object(entry):
        raise WaiverError(f"{where} must be an object with rule, address and reason")
    for name in entry:
        if name not in _FIELDS:
            close = get_close_matches(name, _FIELDS, n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise WaiverError(f"{where}: unknown field {name}{hint}")
    for name in _FIELDS[:3]:
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip():
            raise WaiverError(f"{where}: {name} is missing, or is no text")
    expires = _day(entry.get("expires"), where)
    return Waiver(entry["rule"], entry["address"], entry["reason"], expires)


def _day(value: Any, where: str) -> date | None:
    """Read a day, as YAML or JSON has it."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise WaiverError(
            f"{where}: expires must be a day like 2027-01-31, not {value!r}"
        ) from error
