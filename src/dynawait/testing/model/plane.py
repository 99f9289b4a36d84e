"""The control plane of one account in one Region."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from . import provocations
from .account import Account
from .durations import Durations
from .limits import Limits
from .operations import HOOKS, OPERATIONS
from .refusals import ServiceFault
from .shapes import check
from .views import view_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .account import Ending
    from .jobs import Job

_START = datetime(2026, 1, 1, tzinfo=UTC)


class ControlPlane:
    """A pure state machine that behaves like DynamoDB's control plane.

    It answers `handle` from its tables and the time that its clock tells. Nothing
    happens between two calls: what has ended meanwhile is worked out at the next one.

    Attributes:
        durations: how long transitions last.
        limits: how much the account may do at a time, and how often.
        region: the Region in its ARNs.
        start: the moment at which its clock tells 0.
        operations: the names of the operations that it answers.
    """

    operations: frozenset[str] = frozenset(OPERATIONS)

    def __init__(
        self,
        clock: Callable[[], float],
        durations: Durations | None = None,
        *,
        limits: Limits | None = None,
        start: datetime | None = None,
        region: str = "us-east-1",
        peers: Mapping[str, ControlPlane] | None = None,
    ) -> None:
        """Start without tables.

        Args:
            clock: tells the time, in seconds; it must not go back.
            durations: how long transitions last; as on AWS where None.
            limits: how much the account may do; AWS's, without rates, where None.
            start: the moment at which the clock tells 0.
            region: the Region in the ARNs.
            peers: the control planes of the account by Region, for replicas to be seen
                in theirs; may be filled later.

        Raises:
            ValueError: `start` has no time zone.
        """
        self.durations: Durations = durations or Durations()
        self.limits: Limits = limits or Limits()
        self.region = region
        self._clock = clock
        start = start or _START
        if start.tzinfo is None:
            message = "start must be an aware datetime, with tzinfo"
            raise ValueError(message)
        self.start: datetime = start
        self._account = Account(
            durations=self.durations,
            limits=self.limits,
            hooks=HOOKS,
            start=start,
            region=region,
            peers=peers,
        )

    def handle(
        self, operation: str, parameters: Mapping[str, Any], *, age: float = 0.0
    ) -> dict[str, Any]:
        """Answer a request.

        Args:
            operation: its name in the service model, ``"DescribeTable"``.
            parameters: as botocore takes them.
            age: how old the answer of a DescribeTable may be, in seconds.

        Returns:
            The response, as botocore returns it, without its metadata.

        Raises:
            ServiceFault: the service refuses the request.
        """
        known = OPERATIONS.get(operation)
        if known is None:
            message = f"The simulated control plane does not model {operation}"
            raise ServiceFault("UnknownOperationException", message)
        check(parameters, known.shape)
        account = self._at_present(age)
        account.buckets.draw(operation, known.bucket, account.now)
        return known.answer(account, parameters)

    def describe_all(self) -> dict[str, dict[str, Any]]:
        """Return the descriptions of all tables, by name, as they are now."""
        account = self._at_present()
        return {
            table.name: account.described(table.name) for table in account.present()
        }

    def view_from(self, name: str, region: str) -> dict[str, Any] | None:
        """Return what another Region says of its replica of a table; None: nothing."""
        account = self._at_present()
        table = account.settled(name)
        return None if table is None else view_from(account, table, region)

    def age_of(self, name: str) -> float | None:
        """Tell how many seconds ago the table was created; None when it is not."""
        table = self._account.tables.get(name)
        return None if table is None else self._clock() - table.began

    def under_way(self) -> dict[str, tuple[Job, ...]]:
        """Return what is under way on every table, by name, as it is now."""
        account = self._at_present()
        return {table.name: tuple(table.jobs) for table in account.present()}

    def arrange(self, what: str, ending: Ending, *, name: str | None = None) -> None:
        """Decide how the next thing of a kind ends that would have gone well.

        Args:
            what: the kind of thing: ``"replica"``, ``"table"``, ``"kinesis"``,
                ``"insights"``, ``"backup"``, ``"export"`` or ``"import"``; the module
                of each says which endings it knows.
            ending: how it is to end.
            name: the name of the thing, ``"eu-west-1"``; the next one where None.
        """
        self._account.arrange(what, ending, name)

    def lose_key(self, name: str, *, at_once: bool = False) -> None:
        """Let a table's key be disabled or deleted.

        After `Durations.key_loss` the table is INACCESSIBLE_ENCRYPTION_CREDENTIALS, and
        after `Durations.key_grace` more it is archived.

        Args:
            name: the table's name.
            at_once: whether the table shows it without delay.

        Raises:
            ValueError: there is no such table, or it has no key of its own.
        """
        provocations.lose_key(self._at_present(), name, at_once=at_once)

    def restore_key(self, name: str, *, at_once: bool = False) -> None:
        """Let a table's key be there again; the table recovers after a while."""
        provocations.restore_key(self._at_present(), name, at_once=at_once)

    def archive(self, name: str) -> None:
        """Let a table be ARCHIVING now, and ARCHIVED soon."""
        provocations.archive(self._at_present(), name)

    def afflict(self, name: str, status: str | None) -> None:
        """Give a table a status of its own, ``"REPLICATION_NOT_AUTHORIZED"``.

        It has it while nothing is under way, until this is called with None.
        """
        provocations.afflict(self._at_present(), name, status)

    def afflict_replica(
        self, name: str, region: str, status: str, reason: str = ""
    ) -> None:
        """Give a replica a status, ``"REGION_DISABLED"``, and a reason for it."""
        account = self._at_present()
        provocations.afflict_replica(account, name, region, status, reason)

    def stall(self, name: str, index: str) -> None:
        """Let what is under way on an index never end."""
        provocations.stall(self._at_present(), name, index)

    def forget(self, name: str, index: str | None = None) -> None:
        """Let a table, or an index of it, be gone at once, as by another's hand."""
        account = self._at_present()
        if index is None:
            provocations.forget(account, name)
        else:
            provocations.forget_index(account, name, index)

    def autoscale(self, name: str, index: str | None = None) -> None:
        """Let writes to a table, or to an index, be scaled: replicas need it."""
        provocations.autoscale(self._at_present(), name, index)

    def count_items(
        self, name: str, count: int, *, size: int | None = None, shown: bool = False
    ) -> None:
        """Say how many items a table holds.

        Args:
            name: the table's name.
            count: the number of items; backfills and replicas take longer for them.
            size: their size in bytes; as before where None.
            shown: whether the description says so at once; else when it is next
                brought up to date, every `Durations.item_count` seconds.
        """
        account = self._at_present()
        provocations.count_items(account, name, count, size=size, shown=shown)

    def progress(self, name: str, index: str) -> float | None:
        """Return which part of an index is built, from 0 to 1; None: it is not.

        It is 0 while the index is allocated, and while its build is stuck.
        """
        return provocations.progress(self._at_present(), name, index)

    def _at_present(self, age: float = 0.0) -> Account:
        account = self._account
        account.now = self._clock()
        account.age = age
        account.settle()
        return account
