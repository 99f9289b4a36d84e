"""Reports: what was found, for people, programs, code scanners and test readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..findings import Finding, Rule, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What a check has come to.

    Attributes:
        source: the name of the plan's file.
        version: of the Terraform or OpenTofu that made the plan.
        addresses: of the tables that were looked at.
        findings: what was found, waived or not.
        rules: all that were looked for.
        fail_on: from which severity on a finding fails the check; None: none does.
    """

    source: str
    version: str
    addresses: tuple[str, ...]
    findings: tuple[Finding, ...]
    rules: Sequence[Rule]
    fail_on: Severity | None

    def fails(self, finding: Finding) -> bool:
        """Tell whether a finding fails the check."""
        if finding.waiver is not None or self.fail_on is None:
            return False
        return finding.severity.rank >= self.fail_on.rank

    @property
    def has_failed(self) -> bool:
        """Whether any finding does."""
        return any(map(self.fails, self.findings))

    def count(self, severity: Severity) -> int:
        """Return how many findings of a severity are not waived."""
        return sum(
            each.severity is severity and each.waiver is None for each in self.findings
        )

    @property
    def waived(self) -> int:
        """How many findings are."""
        return sum(each.waiver is not None for each in self.findings)


def writer(name: str) -> Callable[[Report], str]:
    """Return what writes a report in a format: text, json, sarif or junit."""
    if name == "sarif":
        from .sarif import write
    elif name == "junit":
        from .junit import write
    elif name == "json":
        from .document import write
    else:
        from .text import write
    return write
