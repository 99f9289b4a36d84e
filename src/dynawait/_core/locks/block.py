"""What a context manager of locks stands on, whatever locks they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

V_co = TypeVar("V_co", covariant=True)


class Scope(Protocol):
    """A context manager whose block can be cancelled, and nothing around it."""

    def cancel(self) -> None:
        """Cancel the block."""

    def __enter__(self) -> object:
        """Stand around what the caller does from here on."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> bool | None:
        """End a cancellation of this block, and say whether it was one."""
        ...


class Block(Protocol[V_co]):
    """Locks that are acquired together, and given back together.

    Whatever interrupts `open`, nothing stays behind that nobody holds. A blocking
    caller may be interrupted even between the end of `open` and its result; then it
    calls `abandon`.
    """

    async def open(self) -> V_co:
        """Acquire them."""
        ...

    async def abandon(self) -> None:
        """Leave nothing behind; nobody has the result of `open`.

        It may be done again. Why is on its way to the caller, and no failure in here
        hides that.
        """
        ...

    async def close(self, error: BaseException | None) -> None:
        """Give them back; the error by which the block is left hides no other."""
        ...

    def watch(self, tell: Callable[[], object]) -> None:
        """Have somebody told when the first of them is lost, until they are closed."""

    def disown(self) -> None:
        """Have nothing renewed any more; this needs no lock, and may be done anywhere.

        It is for when all else was swallowed by Ctrl-C.
        """
