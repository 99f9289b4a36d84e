"""Core functions of locks as methods that are awaited."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Concatenate, Generic, TypeVar, cast
from weakref import WeakKeyDictionary

import anyio
import anyio.lowlevel

from .lock_base import P, dressed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from types import TracebackType

    from .._core.locks.block import Block, Scope
    from .._core.locks.looking import Pages
    from .lock_base import AtDesk, Method

D = TypeVar("D")
R = TypeVar("R")
V = TypeVar("V")

# One set of desks for every event loop. A variable of its own for each client would
# outlive it, and older releases of anyio tell variables apart by their names only.
_desks: anyio.lowlevel.RunVar[WeakKeyDictionary[Any, Any]] = anyio.lowlevel.RunVar(
    "dynawait_desks"
)


def desk_here(client: Any, make: Callable[[], D]) -> D:
    """Return what a client works with in this event loop, made when it is missing."""
    desks = _desks.get(None)
    if desks is None:
        desks = WeakKeyDictionary[Any, Any]()
        _desks.set(desks)
    found: D | None = desks.get(client)
    if found is None:
        found = desks[client] = make()
    return found


def scope_in(client: Any) -> Callable[[], Scope]:
    """Return what makes scopes where a client works: an event loop, or a simulation."""
    actor = getattr(client, "__dynawait_actor__", None)
    return anyio.CancelScope if actor is None else actor.scope


class Hold(AbstractAsyncContextManager[V]):
    """Locks for the length of a block, which is cancelled when one of them is lost."""

    def __init__(
        self, prepare: Callable[[], Block[V]], scope: Callable[[], Scope]
    ) -> None:
        self._claim: Block[V] | None = None
        self._prepare = prepare
        self._new_scope = scope

    async def __aenter__(self) -> V:
        if self._claim is not None:
            raise RuntimeError("this context manager was entered before: make another")
        claim = self._claim = self._prepare()
        value = await _opened(claim)
        self._scope = self._new_scope()
        claim.watch(self._scope.cancel)
        self._scope.__enter__()
        return value

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        claim = cast("Block[V]", self._claim)
        try:
            ours = bool(self._scope.__exit__(kind, error, traceback))
        except BaseException as failure:  # as when another task leaves the block
            await claim.close(failure)
            raise
        await claim.close(None if ours else error)
        return ours

    def __del__(self) -> None:
        if self._claim is not None:
            self._claim.disown()


async def _opened(claim: Block[V]) -> V:
    """Acquire what is claimed, and leave nothing behind if that does not end well."""
    try:
        return await claim.open()
    except GeneratorExit:  # nothing can be awaited any more
        raise
    except BaseException:  # a cancellation, and perhaps when all was acquired
        await claim.abandon()
        raise


class Methods(Generic[D]):
    """Makes the methods of one class of core functions that work with its desk."""

    def __init__(self, face: str, home: str) -> None:
        """Take the name of the public module, and that of the class."""
        self._home = (face, home)

    def awaited(
        self,
        core: Callable[Concatenate[D, P], Coroutine[Any, Any, R]],
    ) -> Method[P, Coroutine[Any, Any, R]]:
        """Make a method that is awaited."""

        async def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> R:
            return await core(client.__dynawait_desk__(), *args, **options)

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, Coroutine[Any, Any, R]]", made)

    def obtained(
        self,
        core: Callable[Concatenate[D, P], Block[V]],
    ) -> Method[P, Coroutine[Any, Any, V]]:
        """Make a method that is awaited, and leaves its caller with a claim."""

        async def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> V:
            return await _opened(core(client.__dynawait_desk__(), *args, **options))

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, Coroutine[Any, Any, V]]", made)

    def held(
        self,
        core: Callable[Concatenate[D, P], Block[V]],
    ) -> Method[P, AbstractAsyncContextManager[V]]:
        """Make a method that returns a context manager."""

        def method(client: AtDesk[D], /, *args: P.args, **options: P.kwargs) -> Hold[V]:
            return Hold(
                lambda: core(client.__dynawait_desk__(), *args, **options),
                scope_in(client),
            )

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, AbstractAsyncContextManager[V]]", made)

    def listed(
        self,
        core: Callable[Concatenate[D, P], Pages[R]],
    ) -> Method[P, AsyncIterator[R]]:
        """Make a method that goes through pages."""

        async def method(
            client: AtDesk[D], /, *args: P.args, **options: P.kwargs
        ) -> AsyncIterator[R]:
            pages = core(client.__dynawait_desk__(), *args, **options)
            while True:
                page = await pages.turn()
                if page is None:
                    return
                for each in page:
                    yield each

        made: Any = dressed(method, core, self._home)
        return cast("Method[P, AsyncIterator[R]]", made)
