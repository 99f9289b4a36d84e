"""Tables as a plan leaves them: the resources that touch one, together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .indexes import (
    Index,
    IndexChange,
    compare,
    has_nameless,
    read_indexes,
    types_of,
)
from .settings import PROVISIONED, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .plans import Plan, Resource

TABLE = "aws_dynamodb_table"
SEPARATE_INDEX = "aws_dynamodb_global_secondary_index"
REPLICA = "aws_dynamodb_table_replica"
TARGET = "aws_appautoscaling_target"


@dataclass
class TableChange:
    """A table, and all that a plan does to it.

    Attributes:
        name: its name; None where it is not known yet.
        resource: the table's own resource; None where the plan has none.
        separate: resources that are an index of it each.
        replicas: resources that are a replica of it each.
        targets: what scales it and its indexes.
    """

    name: str | None
    resource: Resource | None = None
    separate: list[Resource] = field(default_factory=list["Resource"])
    replicas: list[Resource] = field(default_factory=list["Resource"])
    targets: list[Resource] = field(default_factory=list["Resource"])

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What of the plan touches it."""
        own = () if self.resource is None else (self.resource,)
        return (*own, *self.separate, *self.replicas, *self.targets)

    @property
    def address(self) -> str:
        """Where a finding about the table as a whole belongs."""
        return self.resources[0].address

    @property
    def is_changed(self) -> bool:
        """Whether anything is done to it."""
        return any(each.is_changed for each in self.resources)

    @property
    def is_updated(self) -> bool:
        """Whether the table is there, stays, and is changed."""
        return self.resource is not None and self.resource.is_updated

    @property
    def before(self) -> Mapping[str, Any]:
        """Its values so far."""
        return {} if self.resource is None else self.resource.before or {}

    @property
    def after(self) -> Mapping[str, Any]:
        """Its values as planned."""
        return {} if self.resource is None else self.resource.after or {}

    @cached_property
    def indexes(self) -> Mapping[str, Index]:
        """Its indexes as planned."""
        return read_indexes(self.after)

    @cached_property
    def index_changes(self) -> tuple[IndexChange, ...]:
        """What happens to its indexes, but for those that come and go with it."""
        found = [change for each in self.separate for change in _separately(each)]
        if self.resource is not None and self.is_updated:
            found += compare(self.before, self.after, self.resource.address)
        return tuple(sorted(found, key=lambda change: (change.kind, change.name)))

    @property
    def has_nameless_index(self) -> bool:
        """Whether it cannot be told yet what happens to its indexes."""
        unknown = self.is_unknown("global_secondary_index")
        return unknown or has_nameless(self.after)

    @property
    def types(self) -> Mapping[str, str]:
        """The types of the attributes that are defined, as planned."""
        return types_of(self.after)

    @property
    def billing_mode(self) -> str | None:
        """The billing mode as planned; None where it is not known yet."""
        return self.mode(self.after)

    def mode(self, values: Mapping[str, Any]) -> str | None:
        """Return the billing mode in its values, before or after."""
        if values is self.after and self.is_unknown("billing_mode"):
            return None
        return str(values.get("billing_mode") or PROVISIONED)

    @cached_property
    def changed_settings(self) -> tuple[str, ...]:
        """The settings that are changed, in the words of `settings_of`."""
        if not self.is_updated:
            return ()
        old, new = settings_of(self.before), settings_of(self.after)
        return tuple(
            word
            for word, setting in old.items()
            if setting.value != new[word].value
            and not any(map(self.is_unknown, setting.names))
        )

    def is_unknown(self, name: str) -> bool:
        """Tell whether a value is known only when the plan is applied."""
        return self.resource is not None and self.resource.unknown.get(name) is True


def tables_of(plan: Plan) -> tuple[TableChange, ...]:
    """Return the tables that a plan touches, or only knows of."""
    tables = [TableChange(_name(each), each) for each in plan.of_type(TABLE)]
    for each in plan.of_type(SEPARATE_INDEX):
        _of(tables, each.values.get("table_name"), each, plan).separate.append(each)
    for each in plan.of_type(REPLICA):
        arn = str(each.values.get("global_table_arn") or "")
        name = arn.partition(":table/")[2] or None
        _of(tables, name, each, plan).replicas.append(each)
    for each in plan.of_type(TARGET):
        if each.values.get("service_namespace") == "dynamodb":
            _scale(tables, each)
    return tuple(tables)


def index_of_target(target: Resource) -> str | None:
    """Return the name of the index that a target scales; None: it scales the table."""
    return str(target.values.get("resource_id")).partition("/index/")[2] or None


def _name(resource: Resource) -> str | None:
    name = resource.values.get("name")
    return None if name is None else str(name)


def _of(
    tables: list[TableChange], name: Any, resource: Resource, plan: Plan
) -> TableChange:
    """Return the table that a resource belongs to; it may not be the plan's own.

    Where the name is not known yet, it is that of the table that it refers to.
    """
    for table in tables:
        if name is not None and table.name == name:
            return table
        refers = table.resource is not None and plan.configuration.depends(
            resource, table.resource
        )
        if name is None and refers:
            return table
    found = TableChange(None if name is None else str(name))
    tables.append(found)
    return found


def _scale(tables: list[TableChange], target: Resource) -> None:
    """Put a target to its table, where the plan has that table."""
    identifier = str(target.values.get("resource_id") or "")
    kind, _, rest = identifier.partition("/")
    name = rest.partition("/")[0]
    for table in tables:
        if kind == "table" and table.name == name:
            table.targets.append(target)


def _separately(resource: Resource) -> Iterator[IndexChange]:
    """Yield what a resource that is an index does to it."""
    name = str(resource.values.get("index_name") or "(not known yet)")
    if resource.is_replaced:
        parts = tuple(f"another {each}" for each in resource.replacing)
        yield IndexChange("replace", name, resource.address, parts)
    elif resource.is_created:
        yield IndexChange("create", name, resource.address)
    elif resource.is_destroyed:
        yield IndexChange("delete", name, resource.address)
