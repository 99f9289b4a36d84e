"""A mapping that cannot change, for the fields of frozen states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

K = TypeVar("K")
V_co = TypeVar("V_co", covariant=True)


class FrozenMapping(Mapping[K, V_co]):
    """Hold keys and values that stay as they are.

    Equal to any mapping with the same items and, unlike `types.MappingProxyType`,
    hashable (when its values are), picklable and deep-copyable.
    """

    __slots__ = ("_items",)

    _items: dict[K, V_co]

    def __init__(self, items: Mapping[K, V_co] | Iterable[tuple[K, V_co]] = ()) -> None:
        """Copy the items, so that later changes to their source do not show."""
        object.__setattr__(self, "_items", dict(items))

    def __getitem__(self, key: K) -> V_co:
        """Return the value of a key."""
        return self._items[key]

    def __iter__(self) -> Iterator[K]:
        """Go through the keys, in the order in which they came."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the items."""
        return len(self._items)

    def __hash__(self) -> int:
        """Hash the items, whatever their order."""
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        """Show the items."""
        return f"FrozenMapping({self._items!r})"

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse to be changed."""
        message = f"a FrozenMapping cannot change: make a new one instead of {name}"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> None:
        """Refuse to be changed."""
        self.__setattr__(name, None)

    def __reduce__(
        self,
    ) -> tuple[Callable[[dict[K, V_co]], FrozenMapping[K, V_co]], tuple[dict[K, V_co]]]:
        """Return what rebuilds it; an empty one comes back as `EMPTY`."""
        return freeze, (self._items,)


EMPTY: FrozenMapping[Any, Any] = FrozenMapping()


def freeze(
    items: Mapping[K, V_co] | Iterable[tuple[K, V_co]],
) -> FrozenMapping[K, V_co]:
    """Return the items as a frozen mapping, and `EMPTY` when there are none."""
    found = dict(items)
    return FrozenMapping(found) if found else EMPTY
