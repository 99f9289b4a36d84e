"""Measure, print the matrix, and write it into its page."""

from __future__ import annotations

import sys

from conformance.matrix import PAGE, behind, render, share, written
from conformance.run import PROBES, measure
from conformance.subjects import OURS


def main() -> int:
    """Run it, and return the exit code: 1 where ours is behind another server."""
    findings = measure()
    matrix = render(findings)
    PAGE.write_text(written(PAGE.read_text("utf-8"), matrix), "utf-8")
    print(matrix)  # noqa: T201 - a command line
    for probe, found in zip(PROBES, findings[OURS], strict=True):
        if not probe.agrees(found.observed):
            print(f"{probe.name}: {found}", file=sys.stderr)  # noqa: T201 - the same
    nearer = behind(findings)
    for name in nearer:
        print(f"another server is nearer to AWS: {name}", file=sys.stderr)  # noqa: T201 - the same
    print(f"{share(findings[OURS]):.1%} agree", file=sys.stderr)  # noqa: T201 - the same
    return 1 if nearer else 0
