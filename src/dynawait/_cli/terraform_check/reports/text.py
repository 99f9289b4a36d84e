"""Reports for people."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from ..findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..findings import Finding, Rule
    from . import Report

_WIDTH = 88


def write(report: Report) -> str:
    """Return a report as text: the worst first, each rule explained once."""
    lines: list[str] = []
    explained: set[str] = set()
    ordered = sorted(
        report.findings, key=lambda each: (-each.severity.rank, each.rule.id)
    )
    for finding in ordered:
        if finding.waiver is None:
            lines += _lines(finding, explained)
    waived = [each for each in ordered if each.waiver is not None]
    for finding in waived:
        reason = "" if finding.waiver is None else finding.waiver.reason
        lines.append(f"{finding.rule.id} waived: {finding.address}: {reason}")
    if waived:
        lines.append("")
    return "\n".join([*lines, _summary(report)])


def write_rules(rules: Iterable[Rule]) -> str:
    """Return the rules as text."""
    return "\n\n".join(
        "\n".join(
            [
                f"{rule.id} {rule.severity}: {rule.title} ({rule.name})",
                _block("why: ", rule.reason),
                _block("do: ", rule.remedy),
            ]
        )
        for rule in rules
    )


def _lines(finding: Finding, explained: set[str]) -> Iterator[str]:
    rule = finding.rule
    yield f"{rule.id} {rule.severity}: {finding.address}"
    yield _block("", finding.message)
    if rule.id not in explained:
        explained.add(rule.id)
        yield _block("why: ", rule.reason)
        yield _block("do: ", rule.remedy)
    yield ""


def _block(label: str, text: str) -> str:
    indent = "  "
    return fill(
        f"{label}{text}",
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + " " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _summary(report: Report) -> str:
    counts = [
        f"{number} {severity}{'' if number == 1 else 's'}"
        for severity in reversed(Severity)
        if (number := report.count(severity))
    ]
    if report.waived:
        counts.append(f"{report.waived} waived")
    tables = len(report.addresses)
    found = ", ".join(counts) or "nothing found"
    return f"{report.source}: {tables} table{'' if tables == 1 else 's'}, {found}"
