"""Plans of Terraform and OpenTofu, as ``show -json`` writes them.

Source: Terraform's manual, "JSON Output Format" (plan representation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .sources import NotAPlanError
from .values import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .configurations import Configuration

_MODULE = re.compile(r'module\.([\w-]+)(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.?')


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource, and what a plan does to it.

    Attributes:
        address: ``'module.shop["eu"].aws_dynamodb_table.orders[0]'``.
        type: ``"aws_dynamodb_table"``.
        name: ``"orders"``.
        modules: the names of the modules around it, the outermost first.
        actions: ``("create",)``, ``("delete", "create")``, ``("no-op",)``, ...
        before: its values so far; None when there is no such resource.
        after: its values as planned; what is not known yet is left out. None when it is
            to go.
        unknown: what of ``after`` is not known yet.
        replacing: the names whose change replaces it.
    """

    address: str
    type: str
    name: str
    modules: tuple[str, ...]
    actions: tuple[str, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    unknown: Mapping[str, Any] = field(default_factory=dict[str, Any])
    replacing: tuple[str, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether anything is done to it."""
        return not set(self.actions) <= {"no-op", "read"}

    @property
    def is_created(self) -> bool:
        """Whether it is made, there being none."""
        return self.actions == ("create",)

    @property
    def is_updated(self) -> bool:
        """Whether it is changed in place."""
        return self.actions == ("update",)

    @property
    def is_destroyed(self) -> bool:
        """Whether it goes, and none comes."""
        return self.actions == ("delete",)

    @property
    def is_replaced(self) -> bool:
        """Whether it goes, and another comes."""
        return {"create", "delete"} <= set(self.actions)

    @property
    def values(self) -> Mapping[str, Any]:
        """Its values as planned, or so far when it is to go."""
        return self.after or self.before or {}


@dataclass(frozen=True, slots=True)
class Plan:
    """What Terraform means to do.

    Attributes:
        version: of the Terraform or OpenTofu that made it.
        resources: what it knows of, changed or not.
        configuration: what it was made from.
        problem: why it is not the whole plan; None when it is.
    """

    version: str
    resources: tuple[Resource, ...]
    configuration: Configuration
    problem: str | None = None

    def of_type(self, name: str) -> tuple[Resource, ...]:
        """Return the resources of a type."""
        return tuple(each for each in self.resources if each.type == name)


def read_plan(data: Mapping[str, Any]) -> Plan:
    """Read a plan.

    Raises:
        NotAPlanError: a part of it is not what it should be.
    """
    from .configurations import Configuration

    changes = data.get("resource_changes", [])
    if not is_list(changes):
        raise NotAPlanError("resource_changes is no list")
    root = inside(inside(data, "configuration"), "root_module")
    return Plan(
        version=str(data.get("terraform_version", "")),
        resources=tuple(_resources(changes)),
        configuration=Configuration(root),
        problem=_problem(data),
    )


def inside(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object in an object; an empty one where there is none.

    Raises:
        NotAPlanError: something else is there.
    """
    found = value.get(name)
    if found is None:
        return {}
    if not is_object(found):
        raise NotAPlanError(f"{name} is no object")
    return found


def blocks(values: Mapping[str, Any] | None, name: str) -> list[Mapping[str, Any]]:
    """Return the blocks of a name in the values of a resource.

    Raises:
        NotAPlanError: something else is there.
    """
    found = (values or {}).get(name)
    if found is None:
        return []
    if not is_list(found) or not all(map(is_object, found)):
        raise NotAPlanError(f"{name} is no list of blocks")
    return found


def words(values: Mapping[str, Any], name: str) -> list[str]:
    """Return a list of strings in the values of a resource.

    Raises:
        NotAPlanError: something else is there.
    """
    found = values.get(name)
    if found is None:
        return []
    if not is_list(found):
        raise NotAPlanError(f"{name} is no list")
    return [str(each) for each in found]


def module_names(address: str) -> tuple[str, ...]:
    """Return the names in the address of a module.

    >>> module_names('module.shop["eu.west"].module.tables[0]')
    ('shop', 'tables')
    """
    return tuple(_MODULE.findall(address))


def _problem(data: Mapping[str, Any]) -> str | None:
    if data.get("errored") is True:
        return "making it ended in an error, so it is not the whole plan"
    if data.get("complete") is False:
        return "it is not complete: another plan and apply must follow"
    return None


def _resources(changes: list[Any]) -> Iterator[Resource]:
    for number, change in enumerate(changes):
        where = f"resource_changes[{number}]"
        if not is_object(change):
            raise NotAPlanError(f"{where} is no object")
        if change.get("mode", "managed") == "managed":
            yield _resource(change, where)


def _resource(entry: Mapping[str, Any], where: str) -> Resource:
    try:
        change = inside(entry, "change")
        deposed = entry.get("deposed")
        address = str(entry["address"])
        unknown = change.get("after_unknown")
        return Resource(
            address=f"{address} (deposed {deposed})" if deposed else address,
            type=str(entry["type"]),
            name=str(entry["name"]),
            modules=module_names(str(entry.get("module_address") or "")),
            actions=tuple(map(str, change["actions"])),
            before=_values(change, "before"),
            after=_values(change, "after"),
            unknown=unknown if is_object(unknown) else {},
            replacing=_replacing(change.get("replace_paths")),
        )
    except (KeyError, TypeError, IndexError) as error:
        raise NotAPlanError(
            f"{where} is not as Terraform writes it: {error}"
        ) from error
    except NotAPlanError as error:
        raise NotAPlanError(f"{where}: {error}") from error


def _replacing(paths: Any) -> tuple[str, ...]:
    return tuple(sorted({str(path[0]) for path in paths or ()}))


def _values(change: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    return None if change.get(name) is None else inside(change, name)
