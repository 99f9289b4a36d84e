"""The matrix as Markdown, and the page that carries it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.probe import Mark
from conformance.run import GROUPS, PROBES
from conformance.subjects import OURS, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.probe import Finding, Probe

PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "fidelity.md"
_BEGIN = "<!-- matrix: begin -->"
_END = "<!-- matrix: end -->"
_HEADS = ("probe", "---")
_WIDTH = 90
# What would end a cell of the table, or the code in it.
_PLAIN = str.maketrans({"|": "/", "`": "'"})


def render(findings: Mapping[str, Sequence[Finding]]) -> str:
    """Return the matrix: the sums, then a table for each group of probes."""
    return "\n\n".join([_sums(findings), *_groups(findings)])


def written(page: str, matrix: str) -> str:
    """Return the page with this matrix in place of the one that it has.

    Raises:
        ValueError: the page has no place for it.
    """
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"the page lacks {_BEGIN} or {_END}")
    return f"{before}{begin}\n\n{matrix}\n\n{end}{after}"


def committed(page: str) -> dict[str, dict[str, str]]:
    """Return what a page says: server by server, the cell of each probe."""
    names = list(SUBJECTS)
    said: dict[str, dict[str, str]] = {name: {} for name in names}
    for line in page.partition(_BEGIN)[2].partition(_END)[0].splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != len(names) + 2 or cells[0] in _HEADS:
            continue
        for name, cell in zip(names, cells[2:], strict=True):
            said[name][cells[0]] = cell
    return said


def cell(finding: Finding) -> str:
    """Return a cell: the mark, and what a server does that differs."""
    if finding.mark is not Mark.DIFFERS:
        return str(finding.mark.value)
    seen = re.sub(r"\s+", " ", finding.observed).translate(_PLAIN).rstrip(": ")
    if len(seen) > _WIDTH:
        seen = f"{seen[:_WIDTH].rstrip()}…"
    return f"differs: `{seen}`"


def expectation(probe: Probe) -> str:
    """Return the cell of what AWS does, with its source."""
    shown = " or ".join(f"`{wanted}`" for wanted in probe.expected)
    return f"{shown} ({probe.source.value})"


def _sums(findings: Mapping[str, Sequence[Finding]]) -> str:
    lines = [f"| of {len(PROBES)} rows | {' | '.join(mark.value for mark in Mark)} |"]
    lines.append("| --- |" + " ---: |" * len(Mark))
    for name, found in findings.items():
        counts = [sum(each.mark is mark for each in found) for mark in Mark]
        lines.append(f"| {name} | {' | '.join(map(str, counts))} |")
    return "\n".join(lines)


def _groups(findings: Mapping[str, Sequence[Finding]]) -> list[str]:
    tables = []
    position = 0
    for title, probes in GROUPS.items():
        head = f"| probe | AWS | {' | '.join(findings)} |"
        lines = [f"### {title}", "", head, "| --- |" + " --- |" * (len(findings) + 1)]
        for probe in probes:
            cells = [cell(found[position]) for found in findings.values()]
            lines.append(
                f"| {probe.name} | {expectation(probe)} | {' | '.join(cells)} |"
            )
            position += 1
        tables.append("\n".join(lines))
    return tables


def share(found: Sequence[Finding]) -> float:
    """Return which part of all rows agrees."""
    return sum(each.mark is Mark.AGREES for each in found) / len(found)


def behind(findings: Mapping[str, Sequence[Finding]]) -> list[str]:
    """Return the rows on which another server agrees with AWS and ours does not."""
    ours = findings[OURS]
    return [
        probe.name
        for number, probe in enumerate(PROBES)
        if ours[number].mark is not Mark.AGREES
        and any(found[number].mark is Mark.AGREES for found in findings.values())
    ]
