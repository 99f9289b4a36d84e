"""Which board belongs to which client, without keeping a client alive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from weakref import WeakKeyDictionary

    from .._core.board import Board


def board_of(
    client: Any, boards: WeakKeyDictionary[Any, Board], make: Callable[[], Board]
) -> Board:
    """Return the board that waits through this client share."""
    try:
        board = boards.get(client)
        if board is None:
            board = boards[client] = make()
    except TypeError:  # it cannot be hashed or weakly held: then nothing is shared
        return make()
    return board


def breadth_of(client: Any) -> int:
    """Return how many connections a client keeps, so how many calls suit it."""
    config = getattr(getattr(client, "meta", None), "config", None)
    breadth = getattr(config, "max_pool_connections", None)
    return breadth if isinstance(breadth, int) and breadth > 0 else DEFAULT_BREADTH


DEFAULT_BREADTH = 10  # botocore's default for max_pool_connections
