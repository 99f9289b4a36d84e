"""Core functions of locks as methods that return when they are done."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Concatenate, Generic, TypeVar, cast

from .blocking import drive
from .lock_base import P, dressed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator
    from types import TracebackType

    from .._core.locks.block import Block
    from .._core.locks.looking import Pages
    from .lock_base import AtDesk, Method

D = TypeVar("D")
R = TypeVar("R")
V = TypeVar("V")


class Hold(AbstractContextManager[V]):
    """Locks for the length of a block."""

    def __init__(self, prepare: Callable[[], Block[V]]) -> None:
        self._claim: Block[V] | None = None
        self._prepare = prepare

    def __enter__(self) -> V:
        if self._claim is not None:
            raise RuntimeError("this context manager was entered before: make another")
        self._claim = self._prepare()
        return _opened(self._claim)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        claim = cast("Block[V]", self._claim)
        try:
            drive(claim.close(error))
        except Exception:
            raise
        except BaseException:  # Ctrl-C, and perhaps before anything was given back
            drive(claim.abandon())
            raise

    def __del__(self) -> None:
        # Ctrl-C may come when `__exit__` was called and before its first line.
        if self._claim is not None:
            self._claim.disown()


def _opened(claim: Block[V]) -> V:
    """Acquire what is claimed, and leave nothing behind if that does not end well.

    Ctrl-C may come when the coroutine is done and its result is not here yet.
    """
    try:
        return drive(claim.open())
    except BaseException:  # Ctrl-C, and perhaps when all was acquired
        drive(claim.abandon())
        raise


class Methods(Generic[D]):
    """Makes the methods of one class of core functions that work with its desk."""

    def __init__(self, face: str, home: str) -> None:
        """Take the name of the public module, and that of the class."""
        self._home = (face, home)

    def driven(
        self,
        core: Callable[Concatenate[D, P], Coroutine[Any, Any, R]],
    ) -> Method[P, R]:
        """Make a method that returns when it is done."""

        def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> R:
            return drive(core(client.__dynawait_desk__(), *args, **options))

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, R]", made)

    def obtained(self, core: Callable[Concatenate[D, P], Block[V]]) -> Method[P, V]:
        """Make a method that leaves its caller with a claim."""

        def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> V:
            return _opened(core(client.__dynawait_desk__(), *args, **options))

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, V]", made)

    def held(
        self,
        core: Callable[Concatenate[D, P], Block[V]],
    ) -> Method[P, AbstractContextManager[V]]:
        """Make a method that returns a context manager."""

        def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> Hold[V]:
            return Hold(lambda: core(client.__dynawait_desk__(), *args, **options))

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, AbstractContextManager[V]]", made)

    def listed(
        self, core: Callable[Concatenate[D, P], Pages[R]]
    ) -> Method[P, Iterator[R]]:
        """Make a method that goes through pages."""

        def method(
            client: AtDesk[D], /, *args: P.args, **options: P.kwargs
        ) -> Iterator[R]:
            pages = core(client.__dynawait_desk__(), *args, **options)
            while True:
                page = drive(pages.turn())
                if page is None:
                    return
                yield from page

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, Iterator[R]]", made)
