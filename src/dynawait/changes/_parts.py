"""What changes are made of: names, keys and projections, and how they print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import TypeAlias

    Key: TypeAlias = str | tuple[str, str]
    Keys: TypeAlias = Key | list[Key] | list[str] | list[tuple[str, str]]
    Pairs: TypeAlias = tuple[tuple[str, str], ...]

_TYPES = ("S", "N", "B")
_PAIR = 2
# API reference, CreateGlobalSecondaryIndexAction; "Global secondary indexes" in the
# developer guide for the four attributes of each kind.
_SHORTEST, _LONGEST = 3, 255
_KEYS_OF_ONE_KIND = 4
_LETTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
)


def checked_index_name(name: Any) -> str:
    """Return the name of an index, or refuse what cannot be one.

    Raises:
        InvalidArgumentError: says what is wrong with it.
    """
    if not isinstance(name, str):
        problem = f"expected the name of an index, got {name!r}"
        raise InvalidArgumentError("name", problem)
    if not _SHORTEST <= len(name) <= _LONGEST:
        problem = f"has {_SHORTEST} to {_LONGEST} characters, not {len(name)}: {name!r}"
        raise InvalidArgumentError("name", f"the name of an index {problem}")
    strange = sorted(set(name) - _LETTERS)
    if strange:
        problem = f"has letters, digits and _ . - only, not {''.join(strange)!r}"
        raise InvalidArgumentError("name", f"the name of an index {problem}: {name!r}")
    return name


def set_once(change: Any, name: str, value: Any) -> None:
    object.__setattr__(change, name, value)


def repeated(names: Iterable[str]) -> list[str]:
    several = list(names)
    return sorted({name for name in several if several.count(name) > 1})


def key_pairs(keys: Any, argument: str, most: int = _KEYS_OF_ONE_KIND) -> Pairs:
    """Return keys as pairs of name and type."""
    several: Any = keys
    if isinstance(keys, str) or _is_pair(keys):
        several = [keys]
    elif not isinstance(keys, (list, tuple)):
        problem = f'expected "email", ("at", "N") or a list of these, got {keys!r}'
        raise InvalidArgumentError(argument, problem)
    pairs = tuple((key, "S") if isinstance(key, str) else key for key in several)
    if len(pairs) > most:
        problem = f"at most {most} attributes, not {len(pairs)}"
        raise InvalidArgumentError(argument, problem)
    for pair in pairs:
        if not _is_pair(pair) or not pair[0] or len(pair[0]) > _LONGEST:
            problem = f'expected "email" or ("at", "N"), got {pair!r}'
            raise InvalidArgumentError(argument, problem)
        if pair[1] not in _TYPES:
            problem = f"a key is of type S, N or B, not {pair[1]!r} ({pair[0]})"
            raise InvalidArgumentError(argument, problem)
    return tuple((str(name), str(kind)) for name, kind in pairs)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, tuple)
        and len(cast("tuple[object, ...]", value)) == _PAIR
        and all(isinstance(part, str) for part in cast("tuple[object, ...]", value))
    )


def checked_projection(value: Any) -> str | tuple[str, ...]:
    if isinstance(value, str):
        if value in ("ALL", "KEYS_ONLY"):
            return value
        problem = f'expected "ALL", "KEYS_ONLY" or a list of attributes, got {value!r}'
        raise InvalidArgumentError("projection", problem)
    listed = hasattr(value, "__iter__")
    names: tuple[Any, ...] = tuple(value) if listed else ()
    if not listed or not all(isinstance(name, str) and name for name in names):
        problem = f'expected "ALL", "KEYS_ONLY" or a list of attributes, got {value!r}'
        raise InvalidArgumentError("projection", problem)
    twice = repeated(names)
    if twice or not names:
        problem = f"named twice: {', '.join(twice)}" if twice else "the list is empty"
        raise InvalidArgumentError("projection", problem)
    return names


def projection_member(projection: str | Sequence[str]) -> dict[str, Any]:
    if isinstance(projection, str):
        return {"ProjectionType": projection}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(projection)}


def read_projection(projection: Mapping[str, Any], index: str) -> str | list[str]:
    """Read a Projection; its type and its attributes must go together."""
    kind, names = projection.get("ProjectionType"), projection.get("NonKeyAttributes")
    if kind not in ("ALL", "KEYS_ONLY", "INCLUDE"):
        problem = f"index {index}: ProjectionType is ALL, KEYS_ONLY or INCLUDE"
        raise InvalidArgumentError("Projection", f"{problem}, not {kind!r}")
    if kind == "INCLUDE":
        if not names:
            problem = f"index {index}: INCLUDE needs NonKeyAttributes"
            raise InvalidArgumentError("Projection", problem)
        return list(names)
    if names is not None:
        problem = f"index {index}: NonKeyAttributes goes with INCLUDE only, not {kind}"
        raise InvalidArgumentError("Projection", problem)
    return str(kind)


def shown_keys(pairs: Pairs) -> str:
    keys = [name if kind == "S" else (name, kind) for name, kind in pairs]
    return repr(keys[0] if len(keys) == 1 else keys)


def shown_call(kind: str, shown: list[str], change: Any, names: Iterable[str]) -> str:
    """Return a call with the options that are not the defaults."""
    for name in (*names, "on_demand", "warm"):
        value = getattr(change, name, None)
        if value not in (None, "ALL", "COSINE"):
            value = (
                list(value) if name == "projection" and value != "KEYS_ONLY" else value
            )
            shown.append(f"{name}={value!r}")
    return f"{kind}({', '.join(shown)})"
