"""What may be asked of an index: to be created, deleted, updated or replaced.

>>> from dynawait import CreateIndex
>>> CreateIndex("by-day", partition_key="day", sort_key=("at", "N"))
CreateIndex('by-day', partition_key='day', sort_key=('at', 'N'))

A key is the name of an attribute, which is a string then, a pair of name and type
(``("at", "N")``; the types are S, N and B), or a list of up to four of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InvalidArgumentError
from ._indexes import CreateIndex as CreateIndex
from ._indexes import DeleteIndex as DeleteIndex
from ._indexes import ReplaceIndex as ReplaceIndex
from ._indexes import UpdateIndex as UpdateIndex
from ._parts import checked_index_name as checked_index_name
from ._units import units_member as units_member
from ._vectors import CreateVectorIndex as CreateVectorIndex
from ._vectors import DeleteVectorIndex as DeleteVectorIndex

if TYPE_CHECKING:
    from typing import TypeAlias

    from ._parts import Key as Key
    from ._parts import Keys as Keys
    from ._parts import Pairs as Pairs
    from ._units import Caps as Caps
    from ._units import Units as Units

    Change: TypeAlias = (
        CreateIndex
        | DeleteIndex
        | UpdateIndex
        | ReplaceIndex
        | CreateVectorIndex
        | DeleteVectorIndex
    )

__all__ = [
    "CreateIndex",
    "CreateVectorIndex",
    "DeleteIndex",
    "DeleteVectorIndex",
    "ReplaceIndex",
    "UpdateIndex",
]

CHANGES = (
    CreateIndex,
    DeleteIndex,
    UpdateIndex,
    ReplaceIndex,
    CreateVectorIndex,
    DeleteVectorIndex,
)


def checked_changes(changes: Any) -> tuple[Change, ...]:
    """Return index changes as a tuple, or refuse what is none.

    Raises:
        InvalidArgumentError: says what was given instead.
    """
    if isinstance(changes, CHANGES):
        return (changes,)
    if isinstance(changes, (str, bytes, dict)) or not hasattr(changes, "__iter__"):
        problem = f"expected a list of CreateIndex, DeleteIndex, ..., got {changes!r}"
        raise InvalidArgumentError("changes", problem)
    several: tuple[Any, ...] = tuple(changes)
    for change in several:
        if not isinstance(change, CHANGES):
            problem = f"expected a CreateIndex, DeleteIndex, ..., got {change!r}"
            raise InvalidArgumentError("changes", problem)
    return several
