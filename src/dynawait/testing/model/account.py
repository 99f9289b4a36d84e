"""What an operation may know of its account, and touch."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, cast

from .limits import Buckets
from .refusals import no_table, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from .durations import Durations
    from .limits import Limits
    from .plane import ControlPlane
    from .tables import Job, Table

    Description: TypeAlias = dict[str, Any]
    TableHook: TypeAlias = Callable[["Account", Table], None]
    CreationHook: TypeAlias = Callable[["Account", Table, Mapping[str, Any]], None]

ACCOUNT_ID = "123456789012"
_VERSIONS_KEPT = 32
_SHORTEST, _LONGEST = 3, 255
_NAME = re.compile("[a-zA-Z0-9_.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Who is told of what happens to tables.

    Attributes:
        created: takes the account, the new table and the CreateTable, before the table
            is there; may refuse it.
        deleted: takes the account and a table whose deletion was just admitted.
        gone: takes the account and a table that is no more.
    """

    created: tuple[CreationHook, ...] = ()
    deleted: tuple[TableHook, ...] = ()
    gone: tuple[TableHook, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How something is to end that would have gone well.

    Attributes:
        status: the status that it ends with, or a word of whoever ends it.
        reason: AWS's text for it, where there is one.
    """

    status: str
    reason: str = ""


class Account:
    """The tables of one account in one Region, and what is under way around them.

    Attributes:
        now: the time of the call that is answered, in seconds.
        age: how old the answer may be, in seconds; only DescribeTable knows old ones.
        tables: by name, as they were when last looked at: see `find`.
        features: what a feature keeps for the whole account, by the feature's name.
        buckets: the calls that may still be made.
        peers: the control planes of the Regions, by Region, where there are others.
        hooks: who is told of what happens to tables.
    """

    def __init__(
        self,
        *,
        durations: Durations,
        limits: Limits,
        hooks: Hooks,
        start: datetime,
        region: str,
        peers: Mapping[str, ControlPlane] | None = None,
    ) -> None:
        """Start without tables; `start` is the moment at which time is 0."""
        self.peers: Mapping[str, ControlPlane] = {} if peers is None else peers
        self.durations = durations
        self.limits = limits
        self.hooks = hooks
        self.region = region
        self.now: float = 0.0
        self.age: float = 0.0
        self.tables: dict[str, Table] = {}
        self.features: dict[str, Any] = {}
        self.buckets: Buckets = Buckets(limits)
        self._start = start
        self._jobs: list[Job] = []
        self._due = math.inf
        self._versions: dict[str, list[tuple[float, Description | None]]] = {}
        self._endings: list[tuple[str, str | None, Ending]] = []
        self._made = 0

    def moment(self, seconds: float | None = None) -> datetime:
        """Return a time as a date; the time of the call where None."""
        return self._start + timedelta(seconds=self.now if seconds is None else seconds)

    def arn(self, resource: str, service: str = "dynamodb") -> str:
        """Return the ARN of a resource, ``"table/orders"``."""
        return f"arn:aws:{service}:{self.region}:{ACCOUNT_ID}:{resource}"

    @property
    def day_offset(self) -> float:
        """How far into its UTC day time 0 was, in seconds."""
        start = self._start.astimezone(UTC)
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        return (start - midnight).total_seconds()

    def new_id(self) -> str:
        """Return an identifier that looks like a UUID and never comes twice."""
        self._made += 1
        return f"{self._made:08x}-0000-4000-8000-{self._made:012x}"

    def find(self, subject: str) -> Table | None:
        """Return the table of that name or ARN, with all finished that has ended."""
        return self.settled(self.name_of(subject))

    def existing(self, subject: str) -> Table:
        """Return the table of that name or ARN.

        Raises:
            ServiceFault: ResourceNotFoundException, when there is none.
        """
        name = self.name_of(subject)
        table = self.settled(name)
        if table is None:
            raise no_table(name)
        return table

    def name_of(self, subject: str) -> str:
        """Return the table's name; the API takes an ARN wherever it takes a name.

        Raises:
            ServiceFault: ValidationException, when it cannot be a name.
        """
        if subject in self.tables:
            return subject
        name = subject
        if subject.startswith("arn:"):
            name = subject.partition(":table/")[2].partition("/")[0]
        if not _SHORTEST <= len(name) <= _LONGEST:
            message = "TableName must be at least 3 characters long and at most 255"
            raise refuse(f"{message} characters long")
        if _NAME.fullmatch(name) is None:
            message = f"1 validation error detected: Value '{name}' at 'tableName'"
            message += " failed to satisfy constraint: Member must satisfy regular"
            raise refuse(f"{message} expression pattern: [a-zA-Z0-9_.-]+")
        return name

    def present(self) -> list[Table]:
        """Return all tables, by name, with all finished that has ended."""
        found = (self.settled(name) for name in sorted(self.tables))
        return [table for table in found if table is not None]

    def settled(self, name: str) -> Table | None:
        """Return the table with everything finished that has ended by now."""
        table = self.tables.get(name)
        while table is not None and table.due <= self.now:
            job = table.take_due()
            if job.finish is not None:
                job.finish(job.ends)
            table = self.tables.get(name)
            self._record(name, job.ends, table.describe(job.ends) if table else None)
        if table is not None:
            table.clock_time = self.now
        return table

    def add(self, table: Table) -> None:
        """Let a table be there."""
        self.tables[table.name] = table

    def remove(self, table: Table, ended: float) -> None:
        """Let a table be no more, from some time on."""
        del self.tables[table.name]
        self._record(table.name, ended, None)
        for hook in self.hooks.gone:
            hook(self, table)

    def recorded(self, table: Table) -> Description:
        """Return the description of a table that has changed, and remember it."""
        description = table.describe(self.now)
        self._record(table.name, self.now, description)
        return copied(description)

    def described(self, name: str) -> Description:
        """Return what DescribeTable says, as old as it may be.

        Raises:
            ServiceFault: ResourceNotFoundException, when there is no such table.
        """
        table = self.settled(name)
        if table is not None and table.volatile and not self.age:
            return table.describe(self.now)
        versions = self._versions.get(name, ())
        seen = versions[-1][1] if versions else None
        if self.age > 0 and versions:
            seen = _as_of(versions, self.now - self.age)
        if seen is None:
            raise no_table(name)
        return copied(seen)

    def start(self, job: Job) -> None:
        """Put something under way that belongs to no table, or outlives it."""
        job.began = self.now
        self._jobs.append(job)
        self._due = min(self._due, job.ends)

    def settle(self) -> None:
        """Finish what has ended by now, of what belongs to no table."""
        while self._due <= self.now:
            job = min(self._jobs, key=lambda job: job.ends)
            self._jobs.remove(job)
            self._due = min((job.ends for job in self._jobs), default=math.inf)
            if job.finish is not None:
                job.finish(job.ends)

    def under_way(self, kind: str) -> list[Job]:
        """Return the jobs of a kind that belong to no table, or outlive it."""
        return [job for job in self._jobs if job.kind == kind]

    def arrange(self, what: str, ending: Ending, name: str | None = None) -> None:
        """Decide how the next thing of a kind ends, of that name if one is given."""
        self._endings.append((what, name, ending))

    def ending_of(self, what: str, name: str) -> Ending | None:
        """Return, once, how something of that kind and name was arranged to end."""
        for number, (kind, wanted, ending) in enumerate(self._endings):
            if kind == what and wanted in (None, name):
                del self._endings[number]
                return ending
        return None

    def _record(self, name: str, since: float, description: Description | None) -> None:
        versions = self._versions.setdefault(name, [(-math.inf, None)])
        versions.append((since, description))
        del versions[:-_VERSIONS_KEPT]


def _as_of(
    versions: list[tuple[float, Description | None]], moment: float
) -> Description | None:
    for since, description in reversed(versions):
        if since <= moment:
            return description
    return versions[0][1]


def copied(members: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the dicts and lists of a description; much faster than copy.deepcopy."""
    return {name: _copy_of(value) for name, value in members.items()}


def _copy_of(value: Any) -> Any:
    if isinstance(value, dict):
        return copied(cast("dict[str, Any]", value))
    if isinstance(value, list):
        return [_copy_of(member) for member in cast("list[object]", value)]
    return value
