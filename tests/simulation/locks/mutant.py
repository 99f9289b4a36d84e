"""What a mistake is that is made on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mistake.

    Attributes:
        name: what it is called in the tests.
        rules: which of the judges' rules it breaks; one of them is enough.
        patch: makes the mistake.
        setting: what the drawn scripts are changed to, so that it matters.
    """

    name: str
    rules: frozenset[str]
    patch: Patch
    setting: dict[str, Any]


def mutant(*rules: str, **setting: Any) -> Callable[[Patch], Mutant]:
    """Make a mistake of a function that patches, and say what it breaks.

    Args:
        rules: which rules; one of them is enough.
        setting: what the drawn scripts are changed to.
    """

    def make(patch: Patch) -> Mutant:
        name: str = patch.__name__
        return Mutant(name, frozenset(rules), patch, setting)

    return make


def mutants_of(module: dict[str, Any]) -> list[Mutant]:
    """Return all mistakes in a module."""
    return [value for value in module.values() if isinstance(value, Mutant)]
