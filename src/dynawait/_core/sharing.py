"""What the descriptions of many tables have in common, kept once.

Ten thousand tables of a fleet have few key schemas, attribute definitions and
capacities between them, but every response brings its own copies.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ..states import TableState

if TYPE_CHECKING:
    from collections.abc import Mapping

S = TypeVar("S")

# What differs from table to table is not worth remembering: it would cost more than
# it saves.
_MOST_PARTS = 512
_REPEATED = ("TableStatus",)
_COMMON = ("status", "billing_mode", "attribute_types", "key_schema", "throughput")


class Sharing:
    """The parts that have been seen, for the states of one wait."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._parts: dict[Any, Any] = {}

    def of(self, state: S) -> S:
        """Return an equal state that shares its parts with those before it."""
        if not isinstance(state, TableState) or not state.exists:
            return state
        common = {name: self._once(getattr(state, name)) for name in _COMMON}
        return replace(state, raw=self._description(state.raw), **common)

    def _description(self, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._member(name, value) for name, value in raw.items()}

    def _member(self, name: str, value: Any) -> Any:
        if type(value) in (dict, list):
            return self._once(value, (name, str(value)))
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)  # botocore makes a time zone for every time
        return self._once(value) if name in _REPEATED else value

    def _once(self, part: Any, key: Any = None) -> Any:
        key = (type(part), part) if key is None else key
        if len(self._parts) < _MOST_PARTS:
            return self._parts.setdefault(key, part)
        return self._parts.get(key, part)
