"""What is known of a lock, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from .records import LockRecord

    LockVerdict: TypeAlias = Literal[
        "HELD", "STALE", "RELEASED", "ABSENT", "UNKNOWN", "UNREADABLE"
    ]
    OwnerProbe: TypeAlias = Callable[[LockRecord], bool | None]


@dataclass(frozen=True, slots=True)
class LockAssessment:
    """What is known of a lock, and why.

    Attributes:
        verdict: *HELD*: somebody shows signs of life. *STALE*: there was none for
            longer than the lease allows, or its owner is known to be dead. *RELEASED*,
            *ABSENT*: nobody holds it. *UNREADABLE*: the row is no lock of this dialect.
            *UNKNOWN*: it was not watched for long enough.
        record: the row as it was last seen; None when there is none.
        evidence: what the verdict rests on, a sentence each; for *UNKNOWN* also what
            would help.
    """

    verdict: LockVerdict
    record: LockRecord | None
    evidence: tuple[str, ...]

    def __str__(self) -> str:
        """Return the verdict and its evidence in a line."""
        return f"{self.verdict}: {'; '.join(self.evidence)}"
