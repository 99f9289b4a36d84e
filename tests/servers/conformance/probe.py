"""A probe: a question to a server, and what AWS answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.bench import Bench

# Puts a question to a server, and returns what is observed.
Steps: TypeAlias = "Callable[[Bench], str]"


class Source(Enum):
    """Where the expectation of AWS comes from."""

    DOCUMENTED = "documented"
    MEASURED = "measured"
    BOTH = "both"


class Mark(Enum):
    """How what a server does compares to what AWS does."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNSHOWN = "cannot show"
    UNSUPPORTED = "not supported"


DOCUMENTED, MEASURED, BOTH = Source


@dataclass(frozen=True, slots=True)
class Probe:
    """One row of the matrix.

    Attributes:
        name: what is asked, in words.
        steps: put the question to a server, and return what is observed.
        expected: what AWS does. More than one where the documentation and the
            measurements differ, or where AWS was seen to do either. A refusal is a
            code, or a code and a part of the text: ``"Code: part"``.
        source: where that comes from.
        slow: whether it needs a backfill that lasts, even where all else is quick.
    """

    name: str
    steps: Steps
    expected: tuple[str, ...]
    source: Source
    slow: bool = False

    def agrees(self, observed: str) -> bool:
        """Tell whether what is observed is what AWS does."""
        return any(_matches(observed, wanted) for wanted in self.expected)


def row(
    name: str,
    source: Source,
    steps: Steps,
    *expected: str,
    slow: bool = False,
) -> Probe:
    """Return a probe, written in the order in which it is read."""
    return Probe(name, steps, expected, source, slow)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one server did at one probe.

    Attributes:
        mark: how that compares to AWS.
        observed: what it was, or what was missing.
    """

    mark: Mark
    observed: str


def _matches(observed: str, wanted: str) -> bool:
    code, _, part = wanted.partition(": ")
    if not code.endswith(("Exception", "Error", "Failure")):
        return observed == wanted
    seen, _, text = observed.partition(":")
    return seen == code and part in text
