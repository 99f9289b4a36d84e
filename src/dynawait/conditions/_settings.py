"""Conditions about the settings that DescribeTable shows."""

from __future__ import annotations

from functools import partial
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
    return leaf(text, partial(_judge, found))


def _judge(found: Callable[[TableState], str | None], state: TableState) -> Verdict:
    if not state.exists:
        return no_table(state)
    return _found(state, found(state))


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
    return _setting(call_text("billing_mode", (mode,)), partial(_other_mode, mode))


def _other_mode(mode: str, state: TableState) -> str | None:
    return _expecting("billing mode", mode, state.billing_mode)


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
    return leaf(text, partial(_throughput, (read, write), index))


def _throughput(
    wanted: tuple[int, int], index: str | None, state: TableState
) -> Verdict:
    if not state.exists:
        return no_table(state)
    what, owner = "table", state.throughput
    if index is not None:
        what = f"index {index}"
        if index not in state.indexes:
            return Verdict.pending(f"{what} does not exist", missing=(what,))
        owner = state.indexes[index].throughput
    found = (owner.read, owner.write) if owner else (None, None)
    return _found(state, _expecting(f"throughput of {what}", wanted, found))


def table_class(name: str) -> Condition[TableState]:
    """Ask whether the table is of this class.

    Args:
        name: ``"STANDARD"`` or ``"STANDARD_INFREQUENT_ACCESS"``. A table whose
            description is silent counts as STANDARD.

    Raises:
        InvalidArgumentError: there is no such class.
    """
    checked_choice(name, "name", ("STANDARD", "STANDARD_INFREQUENT_ACCESS"))
    return _setting(call_text("table_class", (name,)), partial(_other_class, name))


def _other_class(name: str, state: TableState) -> str | None:
    return _expecting("table class", name, state.table_class)


def stream_enabled(view_type: str | None = None) -> Condition[TableState]:
    """Ask whether the table's stream is on.

    Args:
        view_type: and shows this: ``"NEW_IMAGE"``, ``"OLD_IMAGE"``,
            ``"NEW_AND_OLD_IMAGES"`` or ``"KEYS_ONLY"``; None: anything.
    """
    arguments = () if view_type is None else (view_type,)
    text = call_text("stream_enabled", arguments)
    return _setting(text, partial(_other_stream, view_type))


def _other_stream(view_type: str | None, state: TableState) -> str | None:
    if state.stream is None:
        return "stream is off"
    if view_type is None:
        return None
    return _expecting("view type of the stream", view_type, state.stream.view_type)


def stream_disabled() -> Condition[TableState]:
    """Ask whether the table's stream is off."""
    return _setting("stream_disabled()", _a_stream)


def _a_stream(state: TableState) -> str | None:
    return None if state.stream is None else "stream is on"


def deletion_protection(enabled: bool) -> Condition[TableState]:  # noqa: FBT001 - the name says it
    """Ask whether the table is protected against deletion, or is not.

    Args:
        enabled: which of the two.
    """
    text = call_text("deletion_protection", (enabled,))
    return _setting(text, partial(_other_protection, enabled))


def _other_protection(enabled: object, state: TableState) -> str | None:
    return _expecting("deletion protection", enabled, state.deletion_protected)


def encryption_settled() -> Condition[TableState]:
    """Ask whether no change of the encryption is under way.

    A key that DynamoDB cannot use is pending, with a warning: an operator can give it
    back.
    """
    return leaf("encryption_settled()", _encryption_settled)


def _encryption_settled(state: TableState) -> Verdict:
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


def warm_throughput_settled() -> Condition[TableState]:
    """Ask whether no change of warm throughput is under way, of table or index.

    Satisfied where the server does not report warm throughput at all.
    """
    return _setting("warm_throughput_settled()", _unsettled_warmth)


def _unsettled_warmth(state: TableState) -> str | None:
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
