"""What the two faces differ in: the client, and whether a result is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any, TypeAlias

    from ...plans import ChangeResult, Plan

    Planned: TypeAlias = Coroutine[Any, Any, Plan]
    Changed: TypeAlias = Coroutine[Any, Any, ChangeResult]
    Either: TypeAlias = Coroutine[Any, Any, ChangeResult | Plan]

C_contra = TypeVar("C_contra", contravariant=True)  # the client
P_co = TypeVar("P_co", covariant=True)  # what comes of a dry run
R_co = TypeVar("R_co", covariant=True)  # what comes of a real one
E_co = TypeVar("E_co", covariant=True)  # what comes of either
