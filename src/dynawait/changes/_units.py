"""Units of the three kinds that a change may carry: provisioned, on demand, warm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    Units: TypeAlias = tuple[int, int]
    Caps: TypeAlias = tuple[int | None, int | None]

_PAIR = 2


def checked_units(
    value: Any, argument: str, *, least: int = -1, optional: bool = False
) -> tuple[Any, Any] | None:
    """Return a pair of numbers, or refuse what is none."""
    if value is None:
        return None
    pair: Any = value
    if not isinstance(pair, (tuple, list)) or len(cast("list[Any]", pair)) != _PAIR:
        problem = f"expected a pair of numbers, read and write, got {value!r}"
        raise InvalidArgumentError(argument, problem)
    read, write = cast("tuple[Any, Any]", pair)
    for number in (read, write):
        if number is None and optional:
            continue
        if not _is_whole(number, least) or (optional and number == 0):
            bound = "1 or more" if least == 1 else "1 or more, or -1 for no limit"
            problem = f"expected numbers of {bound}, got {value!r}"
            raise InvalidArgumentError(argument, problem)
    if read is None and write is None:
        problem = f"expected at least one number, got {value!r}"
        raise InvalidArgumentError(argument, problem)
    return read, write


def _is_whole(number: Any, least: int) -> bool:
    whole = isinstance(number, int) and not isinstance(number, bool)
    return whole and number >= least


def read_units(
    members: Mapping[str, Any], name: str, suffix: str, prefix: str = ""
) -> tuple[Any, Any] | None:
    """Read a pair of units from a request; None where it names none.

    DynamoDB drops a structure without units without a word (as measured on AWS).
    """
    units: Mapping[str, Any] = members.get(name) or {}
    pair = units.get(f"{prefix}Read{suffix}"), units.get(f"{prefix}Write{suffix}")
    return None if pair == (None, None) else pair


def units_members(
    throughput: Units | None, on_demand: Caps | None, warm: Caps | None
) -> dict[str, Any]:
    """Return the three kinds of units as botocore takes them."""
    return {
        **units_member("ProvisionedThroughput", throughput),
        **units_member("OnDemandThroughput", on_demand),
        **units_member("WarmThroughput", warm),
    }


_MEMBERS = {
    "ProvisionedThroughput": ("ReadCapacityUnits", "WriteCapacityUnits"),
    "OnDemandThroughput": ("MaxReadRequestUnits", "MaxWriteRequestUnits"),
    "WarmThroughput": ("ReadUnitsPerSecond", "WriteUnitsPerSecond"),
}


def units_member(name: str, units: Caps | None) -> dict[str, dict[str, int]]:
    """Return one kind of units as a member of a request; empty where there are none.

    Args:
        name: ``"ProvisionedThroughput"``, ``"OnDemandThroughput"`` or
            ``"WarmThroughput"``.
        units: read and write; None in it is left out.
    """
    if units is None:
        return {}
    pairs = zip(_MEMBERS[name], units, strict=True)
    return {name: {member: value for member, value in pairs if value is not None}}
