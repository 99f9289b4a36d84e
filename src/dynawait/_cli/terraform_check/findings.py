"""What a check finds, and the rule that found it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .waivers import Waiver


class Severity(StrEnum):
    """How bad a finding is.

    An error is refused, destroys, or leaves readers without an index; a warning is slow
    or goes wrong at times; a note is worth knowing.
    """

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"

    @property
    def rank(self) -> int:
        """Return a number that grows with the severity."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for.

    Attributes:
        id: ``"DW101"``.
        name: the same in words, ``"several-index-changes"``.
        severity: how bad its findings are.
        title: what it looks for, in a line.
        reason: why that is bad.
        remedy: what to do instead.
    """

    id: str
    name: str
    severity: Severity
    title: str
    reason: str
    remedy: str

    def finds(self, address: str, message: str, table: str | None = None) -> Finding:
        """Return a finding of this rule."""
        return Finding(self, address, message, table)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule has found.

    Attributes:
        rule: the rule.
        address: of the resource, ``"module.shop.aws_dynamodb_table.orders[0]"``;
            ``"plan"`` where it is about the plan, the pattern where about a waiver.
        message: what was found.
        table: the name of the table, where it is known.
        waiver: what excuses it; None when nothing does.
    """

    rule: Rule
    address: str
    message: str
    table: str | None = None
    waiver: Waiver | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return self.rule.severity
