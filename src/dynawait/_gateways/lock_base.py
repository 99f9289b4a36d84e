"""What the lock clients of both faces have in common."""

from __future__ import annotations

import inspect
import json
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, overload
from uuid import uuid4
from weakref import WeakSet

from .._core.locks.options import checked_options
from ..locks.observations import Observations
from .forks import tell_when_forked

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TypeAlias

    from .._core.locks.desk import Desk
    from .._core.locks.keeper import Fairness
    from .._core.locks.options import Heartbeat
    from ..events import Observer
    from ..locks.records import DialectName

    Guards: TypeAlias = tuple[AbstractContextManager[Any], AbstractContextManager[Any]]

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
C = TypeVar("C")
D_co = TypeVar("D_co", covariant=True)
F = TypeVar("F", bound="Callable[..., Any]")


class Method(Protocol[P, R_co]):
    """A method that was made of a core function."""

    @overload
    def __get__(self, instance: None, owner: Any, /) -> Method[P, R_co]: ...
    @overload
    def __get__(self, instance: object, owner: Any, /) -> Callable[P, R_co]: ...


class AtDesk(Protocol[D_co]):
    """A client whose methods are made of core functions of a desk."""

    def __dynawait_desk__(self) -> D_co:
        """Return what the core works with, in this event loop or process."""
        ...


def dressed(method: F, core: Callable[..., Any], home: tuple[str, str]) -> F:
    """Give a method the name, the docstring and the signature of its core.

    Args:
        method: the method.
        core: of what it was made.
        home: the public module and the name of its class.
    """
    signature = inspect.signature(core)
    _, *others = signature.parameters.values()
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    method.__name__ = core.__name__
    method.__module__, kind = home
    method.__qualname__ = f"{kind}.{core.__name__}"
    method.__doc__ = core.__doc__
    told: Any = method
    # A claim becomes something else in each face; the docstring says what.
    awaited = inspect.iscoroutinefunction(core)
    returned = signature.return_annotation if awaited else signature.empty
    told.__signature__ = signature.replace(
        parameters=[this, *others], return_annotation=returned
    )
    return method


class BaseLockClient(Generic[C]):
    """What a lock client is told, and what it has seen."""

    def __init__(
        self,
        client: C,
        table: str,
        *,
        owner: str | None = None,
        dialect: DialectName = "amazon",
        partition_key: str | None = None,
        sort_key: str | None = None,
        lease: float = 30.0,
        heartbeat: Heartbeat = "auto",
        fairness: Fairness = "bounded",
        trust_service_time: bool = False,
        delete_on_release: bool = False,
        allow_global_table: bool = False,
        observations: str | None = None,
        on_event: Observer | None = None,
    ) -> None:
        """Make a lock client; nothing is called yet.

        Args:
            client: the DynamoDB client.
            table: the name or ARN of the table of the locks.
            owner: the name that its rows bear, for people; None: host and process, or
                the name of the actor in a simulation.
            dialect: how rows are laid out: ``"amazon"`` (as Amazon's client for Java),
                ``"go"``, ``"python-dynamodb-lock"``, ``"terraform"``, or
                ``"tristanls"``, which is only read. A release deletes the rows of
                python-dynamodb-lock, as that client does; of a lock that was held for
                no more than a second or two it leaves the row, with a lease of 0, so
                that the token still counts on. The other client takes such a row when
                it has seen it twice.
            partition_key: the name of the partition key; None: the dialect's own.
            sort_key: the name of the sort key; None: the dialect's own, if it has one.
            lease: for how long a sign of life is to count, in seconds.
            heartbeat: seconds between two signs of life; ``"auto"``: a quarter of the
                lease; None: the caller renews.
            fairness: who is first among those who wait: ``"barging"``, whoever is;
                ``"bounded"``, whoever is, until somebody has waited for a second;
                ``"fifo"``, whoever came first.
            trust_service_time: whether the time of the last sign of life that a row
                tells is believed, so that a lock whose holder died long ago can be
                taken at once.
            delete_on_release: whether a release deletes the row, and keeps it not for
                the sake of its token.
            allow_global_table: whether a table with replicas will do.
            observations: what another client has exported.
            on_event: whom to tell; any callable that takes an `Event`.

        Raises:
            InvalidArgumentError: an argument cannot be right.
            TypeError: it is no client of this face.
        """
        self._is_named = owner is not None
        self._options = checked_options(
            table,
            owner=_name_of(client) if owner is None else owner,
            acquired_by=_this_process(),
            dialect=dialect,
            names=(partition_key, sort_key),
            lease=lease,
            heartbeat=heartbeat,
            fairness=fairness,
            trust_service_time=trust_service_time,
            delete_on_release=delete_on_release,
            allow_global_table=allow_global_table,
            observed=observations,
            on_event=on_event,
        )
        self._last: Desk[Any] | None = None
        self._desks: WeakSet[Desk[Any]] = WeakSet()
        self._set_up(client)
        tell_when_forked(self)

    def _set_up(self, client: Any) -> None:
        """Take the client, in the manner of the face."""
        raise NotImplementedError

    def _opened(self, desk: Desk[Any]) -> None:
        """Remember a desk that was opened."""
        self._last = desk
        self._desks.add(desk)

    def __dynawait_forked__(self) -> None:
        """Hold nothing in a child process of the one that does, and be another."""
        settings = replace(self._options.settings, acquired_by=_this_process())
        if not self._is_named:
            settings = replace(settings, owner=_new_name())
        self._options = replace(self._options, settings=settings)
        for desk in list(self._desks):
            desk.disown(self._guards())

    def _guards(self) -> Guards | None:
        """Return two plain locks, where there are threads."""
        return None

    def __repr__(self) -> str:
        """Return which table it is for, and as whom."""
        settings = self._options.settings
        name, dialect = type(self).__name__, settings.dialect.name
        return f"<{name} {self._options.table}: {dialect}, as {settings.owner!r}>"

    @property
    def observations(self) -> Observations:
        """What it has seen of the locks of others."""
        return Observations(self._exported)

    def _exported(self) -> str:
        if self._last is None:
            return self._options.observed or json.dumps(
                {"format": 1, "observations": []}
            )
        keeper = self._last.keeper
        return keeper.observations.export(keeper.now())


def _name_of(client: Any) -> str:
    """Return a name for a lock client that was given none."""
    hook = getattr(client, "__dynawait_gateway__", None)
    name: str | None = getattr(hook(), "name", None) if hook is not None else None
    return _new_name() if name is None else name


def _new_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


def _this_process() -> str:
    return f"host={socket.gethostname()} pid={os.getpid()} tool=dynawait"
