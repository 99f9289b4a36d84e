"""The control plane of one account in one Region."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from .admission import admit_delete, admit_update
from .changes import check_values, set_under_way
from .combination import check_combination
from .creation import build_table, check_create
from .durations import Durations
from .probes import put_item, query
from .refusals import ServiceFault, being_created, no_table, table_exists
from .requests import REQUESTS
from .shapes import check
from .tables import Job, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    Description: TypeAlias = dict[str, Any]

_ACCOUNT = "123456789012"
_START = datetime(2026, 1, 1, tzinfo=UTC)
_VERSIONS_KEPT = 32
_PAGE = 100
# What DeleteTable's response says of the table: the example in the API reference.
_DELETED = (
    "TableName",
    "TableStatus",
    "ProvisionedThroughput",
    "TableSizeBytes",
    "ItemCount",
    "TableArn",
    "TableId",
    "DeletionProtectionEnabled",
)


class ControlPlane:
    """A pure state machine that behaves like DynamoDB's control plane.

    It answers `handle` from its tables and the time that its clock tells. Nothing
    happens between two calls: what has ended meanwhile is worked out at the next one.

    Attributes:
        durations: how long transitions last.
        region: the Region in its ARNs.
        operations: the names of the operations that it answers.
    """

    operations: frozenset[str] = frozenset(REQUESTS)

    def __init__(
        self,
        clock: Callable[[], float],
        durations: Durations | None = None,
        *,
        start: datetime | None = None,
        region: str = "us-east-1",
    ) -> None:
        """Start without tables.

        Args:
            clock: tells the time, in seconds; it must not go back.
            durations: how long transitions last; as on AWS where None.
            start: the moment at which the clock tells 0.
            region: the Region in the ARNs.

        Raises:
            ValueError: `start` has no time zone.
        """
        self.durations = durations or Durations()
        self.region = region
        self._clock = clock
        self._start = start or _START
        if self._start.tzinfo is None:
            message = "start must be an aware datetime, with tzinfo"
            raise ValueError(message)
        self._tables: dict[str, Table] = {}
        self._versions: dict[str, list[tuple[float, Description | None]]] = {}
        self._created: dict[str, float] = {}
        self._made = 0

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
        shape = REQUESTS.get(operation)
        if shape is None:
            message = f"The simulated control plane does not model {operation}"
            raise ServiceFault("UnknownOperationException", message)
        check(parameters, shape)
        if operation == "DescribeTable":
            return {"Table": self._describe(_name_in(parameters), age)}
        if operation == "ListTables":
            return self._list(parameters, self._clock())
        return self._handle_one(operation, parameters, _name_in(parameters))

    def describe_all(self) -> dict[str, Description]:
        """Return the descriptions of all tables, by name, as they are now."""
        now = self._clock()
        present = [name for name in list(self._tables) if self._settled(name, now)]
        return {name: self._describe(name, 0.0) for name in present}

    def age_of(self, name: str) -> float | None:
        """Tell how many seconds ago the table was created; None when it is not."""
        created = self._created.get(name)
        return None if created is None else self._clock() - created

    def _handle_one(
        self, operation: str, parameters: Mapping[str, Any], name: str
    ) -> dict[str, Any]:
        now = self._clock()
        table = self._settled(name, now)
        match operation:
            case "CreateTable":
                return self._create(parameters, table, now)
            case "Query":
                return query(table, parameters)
            case "PutItem":
                return put_item(table, parameters)
            case "UpdateTable":
                check_combination(parameters)
                return self._update(_existing(table, name), parameters, now)
            case _:
                return self._delete(_existing(table, name), now)

    def _create(
        self, request: Mapping[str, Any], present: Table | None, now: float
    ) -> dict[str, Any]:
        check_create(request)
        name = request["TableName"]
        if present is not None:
            creating = present.status == "CREATING"
            raise being_created(name) if creating else table_exists(name)
        self._made += 1
        table = build_table(
            _copied(request),
            arn=f"arn:aws:dynamodb:{self.region}:{_ACCOUNT}:table/{name}",
            table_id=f"{self._made:08x}-0000-4000-8000-{self._made:012x}",
            created=self._moment(now),
        )
        seconds = (
            self.durations.table_create_with_indexes
            if table.indexes
            else self.durations.table_create
        )
        table.start(Job("create", now + seconds))
        self._tables[name] = table
        self._created[name] = now
        return {"TableDescription": self._recorded(table, now)}

    def _update(
        self, table: Table, request: Mapping[str, Any], now: float
    ) -> dict[str, Any]:
        admit_update(table, request)
        check_values(table, request)
        before, busy = table.describe(), len(table.jobs)
        set_under_way(
            table,
            _copied(request),
            now=now,
            moment=self._moment(now),
            durations=self.durations,
            at=self._moment,
        )
        after = self._recorded(table, now)
        if request.get("SSESpecification") is not None:
            return {"TableDescription": _copied(before)}
        if request.get("DeletionProtectionEnabled") is None:
            # The response to what changes nothing says UPDATING: measured on AWS.
            noop = len(table.jobs) == busy
            after["TableStatus"] = "UPDATING" if noop else after["TableStatus"]
        return {"TableDescription": after}

    def _delete(self, table: Table, now: float) -> dict[str, Any]:
        admit_delete(table)

        def finish(_ended: float) -> None:
            del self._tables[table.name]
            del self._created[table.name]

        ends = now + self.durations.table_delete
        table.start(Job("delete", ends, finish=finish))
        description = self._recorded(table, now)
        return {"TableDescription": {name: description[name] for name in _DELETED}}

    def _list(self, request: Mapping[str, Any], now: float) -> dict[str, Any]:
        after = request.get("ExclusiveStartTableName") or ""
        limit = request.get("Limit") or _PAGE
        present = [name for name in list(self._tables) if self._settled(name, now)]
        names = sorted(name for name in present if name > after)
        response: dict[str, Any] = {"TableNames": names[:limit]}
        if len(names) > limit:
            response["LastEvaluatedTableName"] = names[limit - 1]
        return response

    def _describe(self, name: str, age: float) -> Description:
        now = self._clock()
        self._settled(name, now)
        versions = self._versions.get(name, [])
        seen = versions[-1][1] if versions else None
        if age > 0 and versions:
            seen = _as_of(versions, now - age)
        if seen is None:
            raise no_table(name)
        return _copied(seen)

    def _settled(self, name: str, now: float) -> Table | None:
        """Return the table with everything finished that has ended by now."""
        table = self._tables.get(name)
        while table is not None and table.due <= now:
            job = table.take_due()
            if job.finish is not None:
                job.finish(job.ends)
            table = self._tables.get(name)
            self._record(name, job.ends, table.describe() if table else None)
        return table

    def _recorded(self, table: Table, now: float) -> Description:
        description = table.describe()
        self._record(table.name, now, description)
        return _copied(description)

    def _record(self, name: str, since: float, description: Description | None) -> None:
        versions = self._versions.setdefault(name, [(-math.inf, None)])
        versions.append((since, description))
        del versions[:-_VERSIONS_KEPT]

    def _moment(self, seconds: float) -> datetime:
        return self._start + timedelta(seconds=seconds)


def _existing(table: Table | None, name: str) -> Table:
    if table is None:
        raise no_table(name)
    return table


def _name_in(parameters: Mapping[str, Any]) -> str:
    """Return the table's name; the API takes an ARN wherever it takes a name."""
    name = str(parameters["TableName"])
    return name.partition(":table/")[2] if name.startswith("arn:") else name


def _as_of(
    versions: list[tuple[float, Description | None]], moment: float
) -> Description | None:
    for since, description in reversed(versions):
        if since <= moment:
            return description
    return versions[0][1]


def _copied(members: Mapping[str, Any]) -> dict[str, Any]:
    """Copy the dicts and lists of a description; much faster than copy.deepcopy."""
    return {name: _copy_of(value) for name, value in members.items()}


def _copy_of(value: Any) -> Any:
    if isinstance(value, dict):
        return _copied(cast("dict[str, Any]", value))
    if isinstance(value, list):
        return [_copy_of(member) for member in cast("list[object]", value)]
    return value
