"""Plans for creating a table: create it, adopt the one there is, or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ...conditions import (
    Condition,
    indexes_active,
    table_absent,
    table_active,
    vector_indexes_active,
)
from ...errors import InvalidArgumentError, TableConflictError
from ...plans import Plan, Step
from .comparison import UNSEEN, table_differences
from .creation import creation_problems, indexes_of
from .effects import condition
from .forms import CREATE_TABLE
from .problems import Problems
from .requests import checked_request
from .shapes import MOST_INDEXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ...states import TableState


def plan_create(
    state: TableState,
    *,
    ignore: Iterable[str] = (),
    max_indexes: int = MOST_INDEXES,
    **request: Any,
) -> Plan:
    """Plan the creation of a table.

    A table that exists and is as asked for is adopted: the plan is empty then. Only
    what the request states is compared.

    Args:
        state: the table as it is; `TableState.absent` where there is none.
        ignore: parameters of CreateTable that are not compared with a table that
            exists, ``["ProvisionedThroughput"]`` under autoscaling.
        max_indexes: how many global secondary indexes the account allows on a table.
        request: the parameters of CreateTable.

    Raises:
        PlanError: the request can never work; everything that is wrong is named.
        TableConflictError: the table exists and is another one.
        InvalidArgumentError: an option cannot be right.
    """
    request.setdefault("TableName", state.name)
    wanted = checked_creation(request, ignore=ignore, max_indexes=max_indexes)
    return plan_creation(state, wanted)


@dataclass(frozen=True, slots=True)
class Creation:
    """A CreateTable in which nothing is wrong.

    Attributes:
        request: its parameters.
        ignore: those that are not compared with a table that exists.
    """

    request: Mapping[str, Any]
    ignore: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The name or ARN of the table."""
        return str(self.request["TableName"])


def checked_creation(
    request: Mapping[str, Any],
    *,
    ignore: Iterable[str] = (),
    max_indexes: int = MOST_INDEXES,
) -> Creation:
    """Return a CreateTable in which nothing is wrong.

    Raises:
        PlanError: something is; says all of it.
        InvalidArgumentError: an option cannot be right.
    """
    given = checked_request(request, "CreateTable", "TableName")
    ignored = _names(ignore)
    for name in ignored:
        if name not in CREATE_TABLE.members and name not in given:
            problem = f"CreateTable has no parameter {name!r}"
            raise InvalidArgumentError("ignore", problem)
    most: Any = max_indexes
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        problem = f"expected a number of indexes, got {max_indexes!r}"
        raise InvalidArgumentError("max_indexes", problem)
    problems = Problems(str(given["TableName"]))
    problems.extend(creation_problems(given, max_indexes=most))
    problems.check()
    return Creation(given, ignored)


def _names(ignore: Any) -> tuple[str, ...]:
    """Return the names of parameters as a tuple; None is none.

    Raises:
        InvalidArgumentError: it is no list of names.
    """
    if ignore is None or isinstance(ignore, str):
        return () if ignore is None else (ignore,)
    if not hasattr(ignore, "__iter__"):
        problem = f"expected names of parameters, got {ignore!r}"
        raise InvalidArgumentError("ignore", problem)
    return tuple(ignore)


def plan_creation(state: TableState, wanted: Creation) -> Plan:
    """Plan a creation in which nothing is wrong.

    Raises:
        TableConflictError: the table exists and is another one.
    """
    name = wanted.table
    check_same(state, name)
    if not state.exists:
        return Plan(name, (creation_step(wanted, "it does not exist"),))
    if state.status == "DELETING":
        reason = "the table of this name is being deleted"
        return Plan(name, (creation_step(wanted, reason),))
    differences = table_differences(state, wanted.request, wanted.ignore)
    if differences:
        raise TableConflictError(
            existing=state, wanted=wanted.request, differences=differences
        )
    adopted = creation_step(wanted, "it exists, as asked for")
    return Plan(name, already=(adopted,), notes=_notes(state, wanted))


def creation_step(wanted: Creation, reason: str) -> Step:
    """Return the step that creates a table."""
    name = wanted.table
    return Step(
        title=f"create table {name}",
        operation="CreateTable",
        parameters=wanted.request,
        reason=reason,
        needs=table_absent(),
        effect=condition(
            f"table_as_asked({name!r})", partial(_found, wanted=wanted), wanted.request
        ),
        still=usable(wanted.request),
        action="create",
    )


def usable(request: Mapping[str, Any]) -> Condition[TableState]:
    """Ask whether the table is ACTIVE, and the indexes that the request names."""
    asked: Condition[TableState] = table_active()
    for member, active in (
        ("GlobalSecondaryIndexes", indexes_active),
        ("VectorIndexes", vector_indexes_active),
    ):
        names = [index["IndexName"] for index in indexes_of(request, member)]
        if names:
            asked = asked & active(*names)
    return asked


def _found(state: TableState, *, wanted: Creation) -> str | None:
    """Say what is there instead of the table that is wanted."""
    if state.status == "DELETING":
        return "table is DELETING"
    differences = table_differences(state, wanted.request, wanted.ignore)
    return "; ".join(differences) or None


def check_same(state: TableState, name: str) -> None:
    """Refuse a state that is of another table than the request.

    Raises:
        InvalidArgumentError: it is.
    """
    if state.name.rpartition("/")[2] not in ("", name.rpartition("/")[2]):
        problem = f"{name} was asked for, and the state is of {state.name}"
        raise InvalidArgumentError("TableName", problem)


def _notes(state: TableState, wanted: Creation) -> tuple[str, ...]:
    """Say what was not compared, and what is there besides."""
    request = wanted.request
    unseen = [
        name for name in request if name in UNSEEN or name not in CREATE_TABLE.members
    ]
    named = {
        index["IndexName"]
        for member in (
            "GlobalSecondaryIndexes",
            "LocalSecondaryIndexes",
            "VectorIndexes",
        )
        for index in indexes_of(request, member)
    }
    there = (*state.indexes, *state.local_indexes, *state.vector_indexes)
    extra = [name for name in there if name not in named]
    told = (
        ("not compared, as DescribeTable does not show it", unseen),
        ("not compared, as was asked", wanted.ignore),
        ("there are indexes besides", extra),
        ("there are replicas besides", list(state.replicas)),
    )
    return tuple(f"{text}: {', '.join(names)}" for text, names in told if names)
