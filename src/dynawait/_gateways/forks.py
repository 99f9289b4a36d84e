"""What becomes of lock clients in a process that is a copy of another."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet

# What it does in a child must come first, and hooks run in the order of registration.
from . import blocking  # noqa: F401 # pyright: ignore[reportUnusedImport] - its hook


class Forked(Protocol):
    """Something that must know when it is a copy."""

    def __dynawait_forked__(self) -> None:
        """Begin anew, in the child."""


_several: WeakSet[Forked] = WeakSet()


def tell_when_forked(one: Forked) -> None:
    """Have something told in every child of this process, while it exists there."""
    _several.add(one)


def _tell() -> None:
    for one in list(_several):
        one.__dynawait_forked__()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_tell)
