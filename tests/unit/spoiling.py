"""Requests in which something was changed at random."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.unit.update_requests import HOME, INDEXES, REGIONS, TYPES, chance

if TYPE_CHECKING:
    from random import Random

_OTHER_NAMES = ("local-0", "xx", "no/slash", "by-0", "like-0", "b" * 255, "b" * 256)
_NUMBERS = (0, 1, 2, 5, 100, 4_096, 4_097, 12_000, 40_000, 40_001, -1, -2)


def spoil(random: Random, request: dict[str, Any]) -> dict[str, Any]:
    """Return a request in which something was changed at random."""
    spoilt = copy.deepcopy(request)
    places = [
        (holder, place)
        for holder, place in _places(spoilt)
        if not (holder is spoilt and place == "TableName")
    ]
    if places:
        _spoil(random, *random.choice(places))
    return spoilt


def _places(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        items: list[tuple[Any, Any]] = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    return [
        place for name, member in items for place in [(value, name), *_places(member)]
    ]


def _spoil(random: Random, holder: Any, place: Any) -> None:
    value = holder[place]
    if chance(random, 0.2):
        del holder[place]
    elif isinstance(value, bool):
        holder[place] = not value
    elif isinstance(value, int):
        holder[place] = random.choice(_NUMBERS)
    elif isinstance(value, str):
        words = (*TYPES, *INDEXES, *_OTHER_NAMES, "HASH", "RANGE", "S", "N", "B")
        words += ("ALL", "INCLUDE", "AES256", "v0", HOME, "us-west-1", "nowhere")
        words += ("STANDARD", "PROVISIONED", "", "INLINE_FILTER", *REGIONS)
        holder[place] = random.choice(words)
    elif isinstance(value, list):
        kind = random.choice(("clear", "double", "reverse"))
        if kind == "clear":
            value.clear()
        elif kind == "reverse":
            value.reverse()
        elif value:
            value.append(copy.deepcopy(random.choice(value)))
    else:
        value.clear()
