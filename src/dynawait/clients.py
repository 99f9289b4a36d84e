"""What a client must be: the narrow Protocols, and how kinds of client are told apart.

No AWS package is imported: clients are recognised by what they can do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeAlias


class BlockingClient(Protocol):
    """A client whose operations return their response, as boto3's do."""

    @property
    def describe_table(self) -> Callable[..., Mapping[str, object]]:
        """Describe a table."""
        ...


class AsyncClient(Protocol):
    """A client whose operations return an awaitable, as aiobotocore's do."""

    @property
    def describe_table(self) -> Callable[..., Awaitable[Mapping[str, object]]]:
        """Describe a table."""
        ...


class ClientMeta(Protocol):
    """The ``meta`` of a boto3 resource."""

    @property
    def client(self) -> BlockingClient:
        """The client that the resource stands on."""
        ...


class TableResource(Protocol):
    """A boto3 ``Table`` resource."""

    @property
    def meta(self) -> ClientMeta:
        """Where its client is."""
        ...


class Clock(Protocol):
    """A clock that a client may bring along as ``__dynawait_clock__``.

    Waits through such a client run on its time. The simulated clients of
    `dynawait.testing` do that, so that hours pass at once.

    A clock may also have a method ``handing_over()`` that returns a context manager.
    Where it is there, a call that goes to a worker thread is made inside of it, so that
    the clock can stand still until the call is back or waits in ``pause``.
    """

    def now(self) -> float:
        """Tell the time in seconds; it never goes back."""
        ...

    def pause(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Block this thread for some seconds, or until `interrupted` says so."""

    async def rest(self, seconds: float, interrupted: Callable[[], bool]) -> None:
        """Let this task sleep for some seconds, or until `interrupted` says so."""


if TYPE_CHECKING:
    SyncFaceClient: TypeAlias = BlockingClient | TableResource
    AsyncFaceClient: TypeAlias = AsyncClient | BlockingClient | TableResource
