"""What a check of a lock table, or of what one may do there, has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionReport:
    """Which calls of a lock client are permitted.

    Attributes:
        granted: the actions that were permitted, ``"dynamodb:GetItem"``, in the order
            in which they were tried.
        missing: the actions that were refused.
        problems: what each of `missing` is needed for, and what AWS said.
    """

    granted: tuple[str, ...]
    missing: tuple[str, ...]
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing

    def __str__(self) -> str:
        """Return what is missing, or that nothing is."""
        return "; ".join(self.problems) or "all permissions are there"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReport:
    """Whether a table can be trusted with locks.

    Attributes:
        problems: what makes locks in it fail, vanish or exclude nobody.
        notes: what may be so, and is good to know.
        rows: how many rows were read for it.
    """

    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    rows: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether there is no problem."""
        return not self.problems

    def __str__(self) -> str:
        """Return the problems, or that there is none."""
        return "; ".join(self.problems) or "the table is fit for locks"
