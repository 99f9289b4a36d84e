"""The items of one table."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..jobs import Job
from .engine import engine_of
from .keys import belongs, key_names
from .values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..account import Account
    from ..tables import Table
    from .engine import Engine
    from .values import Value

    Attributes = Mapping[str, Value]

_COUNT = "item-count"


@dataclass(frozen=True, slots=True)
class Item:
    """An item as it was at some time: nothing that is done later changes it.

    Attributes:
        kept: moto's own form of it.
    """

    kept: Any

    @property
    def attributes(self) -> dict[str, Value]:
        """Its attributes, as the API says them."""
        found: dict[str, Value] = plain(self.kept.attrs)
        return found

    @property
    def size(self) -> int:
        """Its size in bytes, as moto counts it."""
        return int(self.kept.size())


class Shelf:
    """The items of a table; they go with it."""

    def __init__(self, account: Account, table: Table) -> None:
        """Start empty."""
        self._engine: Engine = engine_of(account)
        self._table = table
        self._kept = self._engine.new_table(table)

    def __iter__(self) -> Iterator[Item]:
        """Return all items, in no particular order."""
        for under in self._kept.items.values():
            each = under.values() if self._kept.has_range_key else (under,)
            yield from (Item(kept) for kept in each)

    def find(self, key: Attributes) -> Item | None:
        """Return the item with this key."""
        kept = self._kept.get_item(*self._place(key))
        return None if kept is None else Item(kept)

    def set(self, key: Attributes, item: Item | None) -> None:
        """Let an item be what it was at some time; None: not there."""
        place = self._place(key)
        if item is None:
            self._kept.delete_item(*place)
        elif self._kept.has_range_key:
            self._kept.items[place[0]][place[1]] = item.kept
        else:
            self._kept.items[place[0]] = item.kept

    def detach(self, key: Attributes) -> None:
        """Let the stored item be another object: moto changes it where it is."""
        item = self.find(key)
        if item is not None:
            self.set(key, self.copied(item))

    def copied(self, item: Item) -> Item:
        """Return an item that is another object."""
        with self._engine.unlisted():
            return Item(copy.deepcopy(item.kept))

    def run(self, operation: str, request: Mapping[str, Any]) -> Any:
        """Return moto's response to a request about this table.

        Raises:
            ServiceFault: moto refuses it, or cannot answer it.
        """
        return self._engine.run(operation, self._kept, request)

    def run_on_index(
        self, operation: str, request: Mapping[str, Any], index: Mapping[str, Any]
    ) -> Any:
        """Return moto's response to a read of an index.

        moto sees a table with just this index, and with just the items that are in it:
        it would break over an item that an index cannot take.

        Raises:
            ServiceFault: moto refuses it, or cannot answer it.
        """
        with self._engine.unlisted():
            seen = copy.copy(self._kept)
        seen.items = type(self._kept.items)(self._kept.items.default_factory)
        seen.global_indexes = [
            self._engine.new_index(index, key_names(self._table)),
        ]
        for item in self:
            if belongs(self._table, index["KeySchema"], item.kept.attrs):
                hash_key, range_key = item.kept.hash_key, item.kept.range_key
                if self._kept.has_range_key:
                    seen.items[hash_key][range_key] = item.kept
                else:
                    seen.items[hash_key] = item.kept
        return self._engine.run(operation, seen, request)

    def recount(self) -> None:
        """Let the description say how many items there are, and how large they are."""
        table = self._table
        table.shown_items = table.items
        items = list(self)
        table.shown_bytes = sum(item.size for item in items)
        for index in table.indexes.values():
            schema = index.key_schema
            index.items = sum(belongs(table, schema, item.kept.attrs) for item in items)

    def _place(self, key: Attributes) -> tuple[Any, Any]:
        names = key_names(self._table)
        parts = [self._engine.new_key(key[name]) for name in names]
        return parts[0], parts[1] if len(parts) > 1 else None


def shelf_of(account: Account, table: Table) -> Shelf:
    """Return a table's items.

    Raises:
        ImportError: moto is not installed, or too old.
    """
    shelf: Shelf | None = table.features.get("items")
    if shelf is None:
        shelf = table.features["items"] = Shelf(account, table)
    return shelf


def holds_items(table: Table) -> bool:
    """Tell whether any item was ever written to a table."""
    return "items" in table.features


def kept_items(table: Table) -> tuple[Item, ...]:
    """Return a table's items, as they are now, for whoever restores them later."""
    shelf: Shelf | None = table.features.get("items")
    if shelf is None:
        return ()
    return tuple(shelf.copied(item) for item in shelf)


def restore_items(account: Account, table: Table, items: tuple[Item, ...]) -> None:
    """Put items, once kept, into a table."""
    if not items:
        return
    shelf = shelf_of(account, table)
    for item in items:
        attributes = item.attributes
        key = {name: attributes[name] for name in key_names(table)}
        shelf.set(key, shelf.copied(item))
    count(account, table, len(items))


def count(account: Account, table: Table, more: int) -> None:
    """Take note that a table has more items, or less.

    Its description says so when it is next brought up to date, every
    `Durations.item_count` seconds; with 0 at once.
    """
    table.items = max(0, table.items + more)
    if table.under_way(_COUNT):
        return
    every = account.durations.item_count
    rounds = math.floor(account.now / every) + 1 if every else 0
    ends = max(account.now, rounds * every)
    table.start(Job(_COUNT, ends, finish=lambda _: _recount(table), aside=True))


def _recount(table: Table) -> None:
    shelf: Shelf = table.features["items"]
    shelf.recount()
