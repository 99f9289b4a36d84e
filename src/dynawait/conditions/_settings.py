"""Conditions about the settings that DescribeTable shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._algebra import Condition, Verdict, leaf
from ._names import call_text, checked_choice
from ._tables import doomed, no_table, standing_still

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..states import TableState

_SETTLED = ("ENABLED", "DISABLED", None)


def _setting(
    text: str, found: Callable[[TableState], str | None]
) -> Condition[TableState]:
    """Make a condition from a function that says what is found instead, or None."""

    def judge(state: TableState) -> Verdict:
        if not state.exists:
            return no_table(state)
        return _found(state, found(state))

    return leaf(text, judge)


def _found(state: TableState, other: str | None) -> Verdict:
    if other is None:
        return Verdict.satisfied()
    return doomed(state) or Verdict.pending(other)


def _expecting(noun: str, wanted: object, found: object) -> str | None:
    return None if found == wanted else f"{noun} is {found}, not {wanted}"


def billing_mode(mode: str) -> Condition[TableState]:
    """Ask whether the table bills by this mode.

    Args:
        mode: ``"PROVISIONED"`` or ``"PAY_PER_REQUEST"``. A table whose description is
            silent counts as PROVISIONED.

    Raises:
        InvalidArgumentError: there is no such mode.
    """
    checked_choice(mode, "mode", ("PROVISIONED", "PAY_PER_REQUEST"))
    return _setting(
        call_text("billing_mode", (mode,)),
        lambda state: _expecting("billing mode", mode, state.billing_mode),
    )


def throughput(
    read: int, write: int, index: str | None = None
) -> Condition[TableState]:
    """Ask whether the provisioned throughput is this.

    Args:
        read: read capacity units.
        write: write capacity units.
        index: of this index; None: of the table.
    """
    arguments = (read, write) if index is None else (read, write, index)
    text = call_text("throughput", arguments)

    def judge(state: TableState) -> Verdict:
        if not state.exists:
            return no_table(state)
        what, owner = "table", state.throughput
        if index is not None:
            what = f"index {index}"
            if index not in state.indexes:
                return Verdict.pending(f"{what} does not exist", missing=(what,))
            owner = state.indexes[index].throughput
        found = (owner.read, owner.write) if owner else (None, None)
        return _found(state, _expecting(f"throughput of {what}", (read, write), found))

    return leaf(text, judge)


def table_class(name: str) -> Condition[TableState]:
    """Ask whether the table is of this class.

    Args:
        name: ``"STANDARD"`` or ``"STANDARD_INFREQUENT_ACCESS"``. A table whose
            description is silent counts as STANDARD.

    Raises:
        InvalidArgumentError: there is no such class.
    """
    checked_choice(name, "name", ("STANDARD", "STANDARD_INFREQUENT_ACCESS"))
    return _setting(
        call_text("table_class", (name,)),
        lambda state: _expecting("table class", name, state.table_class),
    )


def stream_enabled(view_type: str | None = None) -> Condition[TableState]:
    """Ask whether the table's stream is on.

    Args:
        view_type: and shows this: ``"NEW_IMAGE"``, ``"OLD_IMAGE"``,
            ``"NEW_AND_OLD_IMAGES"`` or ``"KEYS_ONLY"``; None: anything.
    """
    arguments = () if view_type is None else (view_type,)

    def found(state: TableState) -> str | None:
        if state.stream is None:
            return "stream is off"
        if view_type is None:
            return None
        return _expecting("view type of the stream", view_type, state.stream.view_type)

    return _setting(call_text("stream_enabled", arguments), found)


def stream_disabled() -> Condition[TableState]:
    """Ask whether the table's stream is off."""
    return _setting(
        "stream_disabled()",
        lambda state: None if state.stream is None else "stream is on",
    )


def deletion_protection(enabled: bool) -> Condition[TableState]:  # noqa: FBT001 - the name says it
    """Ask whether the table is protected against deletion, or is not.

    Args:
        enabled: which of the two.
    """
    return _setting(
        call_text("deletion_protection", (enabled,)),
        lambda state: _expecting(
            "deletion protection", enabled, state.deletion_protected
        ),
    )


def encryption_settled() -> Condition[TableState]:
    """Ask whether no change of the encryption is under way.

    A key that DynamoDB cannot use is pending, with a warning: an operator can give it
    back.
    """

    def judge(state: TableState) -> Verdict:
        if not state.exists:
            return no_table(state)
        if state.encryption is None:
            return Verdict.satisfied()
        if state.status == "INACCESSIBLE_ENCRYPTION_CREDENTIALS":
            since = state.encryption.inaccessible_at
            text = f"table is {state.status}" + (f" since {since}" if since else "")
            return standing_still(text)
        if state.encryption.status in _SETTLED:
            return Verdict.satisfied()
        return Verdict.pending(f"encryption is {state.encryption.status}")

    return leaf("encryption_settled()", judge)


def warm_throughput_settled() -> Condition[TableState]:
    """Ask whether no change of warm throughput is under way, of table or index.

    Satisfied where the server does not report warm throughput at all.
    """

    def found(state: TableState) -> str | None:
        owners = [("table", state.warm_throughput)]
        owners += [
            (f"index {name}", index.warm_throughput)
            for name, index in state.indexes.items()
        ]
        moving = [
            f"warm throughput of {what} is {warm.status}"
            for what, warm in owners
            if warm is not None and warm.status not in ("ACTIVE", None)
        ]
        return "; ".join(moving) or None

    return _setting("warm_throughput_settled()", found)
