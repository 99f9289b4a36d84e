"""From a core function to the two faces that users call.

A core function takes a gateway first; a face takes a client instead. Name, signature,
defaults and docstring come from the core, so that the faces cannot drift apart.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .._core.gateway import Gateway
    from ..clients import AsyncFaceClient, SyncFaceClient

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound="Callable[..., Any]")


def asynchronous(
    core: Callable[Concatenate[Gateway, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[AsyncFaceClient, P], Coroutine[Any, Any, R]]:
    """Make the function of the async face: awaited, on asyncio or trio."""

    async def face(client: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
        hook = getattr(client, "__dynawait_gateway__", None)
        if hook is not None:
            return await core(hook(), *args, **kwargs)
        from .aio import open_async

        return await core(open_async(client), *args, **kwargs)

    return _dressed(face, core, "dynawait")


def blocking(
    core: Callable[Concatenate[Gateway, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[SyncFaceClient, P], R]:
    """Make the function of the blocking face: it returns when it is done."""

    def face(client: Any, /, *args: P.args, **kwargs: P.kwargs) -> R:
        from .blocking import drive, open_blocking

        return drive(core(open_blocking(client), *args, **kwargs))

    return _dressed(face, core, "dynawait.sync")


def _dressed(face: F, core: Callable[..., Any], module: str) -> F:
    """Give a face the name, the docstring and the signature of its core."""
    signature = inspect.signature(core)
    _, *others = signature.parameters.values()
    client = inspect.Parameter("client", inspect.Parameter.POSITIONAL_ONLY)
    face.__name__ = core.__name__
    face.__qualname__ = core.__name__
    face.__doc__ = core.__doc__
    face.__module__ = module
    face.__annotations__ = {
        name: kind for name, kind in core.__annotations__.items() if name != "gateway"
    }
    dressed: Any = face
    dressed.__signature__ = signature.replace(parameters=[client, *others])
    return face
