"""Settings that UpdateTable changes: protection, class, stream and encryption.

Each has a call of its own, as measured on AWS.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ...conditions import (
    deletion_protection,
    encryption_settled,
    stream_disabled,
    stream_enabled,
    table_active,
    table_class,
)
from ...plans import NOTHING, Step
from .effects import condition, shows
from .needs import CALM, QUIET, UNLOCKED
from .replica_requests import adds_regions, same_key, staying_replicas
from .shapes import encryption_problems, settings_mode_problems, stream_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...conditions import Condition
    from ...states import TableState
    from .parts import Draft

_OFF = (None, "DISABLED", "DISABLING")
# How long a change may go unseen: encryption begins late, and with replicas a change of
# the protection takes a while to get around.
_LATE = 45.0
_AROUND = 90.0


def protection_steps(draft: Draft) -> Iterator[Step]:
    """Yield the step that sets or lifts deletion protection."""
    wanted = draft.request.get("DeletionProtectionEnabled")
    if wanted is None:
        return
    replicated = bool(draft.state.replicas)
    yield Step(
        title=f"{'enable' if wanted else 'disable'} deletion protection",
        operation="UpdateTable",
        parameters=draft.call(DeletionProtectionEnabled=wanted),
        reason=f"it is {'off' if wanted else 'on'}",
        needs=UNLOCKED,
        effect=deletion_protection(bool(wanted)),
        still=table_active() if replicated else NOTHING,
        duration="seconds" if replicated else "instant",
        lag=_AROUND if replicated else 10.0,
    )


def class_steps(draft: Draft) -> Iterator[Step]:
    """Yield the step that changes the table class."""
    wanted = draft.request.get("TableClass")
    if wanted is None:
        return
    yield Step(
        title=f"change the table class to {wanted}",
        operation="UpdateTable",
        parameters=draft.call(TableClass=wanted),
        reason=f"it is {draft.state.table_class}",
        needs=QUIET,
        effect=table_class(wanted),
        still=table_active(),
    )


def stream_steps(draft: Draft) -> Iterator[Step]:
    """Yield the steps that turn a stream on or off, or change what it shows.

    AWS refuses to change the view type of a stream that is on, so it goes off first.
    """
    wanted = draft.request.get("StreamSpecification")
    if wanted is None:
        return
    enabled, view = wanted.get("StreamEnabled"), wanted.get("StreamViewType")
    live = draft.state.stream
    draft.problems.extend(stream_problems(wanted))
    changes = enabled and live is not None and live.view_type != view
    staying = bool(staying_replicas(draft)) and live is not None
    if (staying and (changes or not enabled)) or (adds_regions(draft) and not enabled):
        draft.problems.add(
            "StreamSpecification: the stream of a table with replicas cannot be "
            "disabled, nor its view type changed; leave it out"
        )
    if changes or not enabled:
        goal = stream_disabled()
        if enabled:
            goal = goal | stream_enabled(view)
        yield Step(
            title="disable the stream",
            operation="UpdateTable",
            parameters=draft.call(StreamSpecification={"StreamEnabled": False}),
            reason=(
                f"its view type is {live.view_type}, and cannot be changed in place"
                if changes and live is not None
                else "it is on"
            ),
            needs=CALM,
            effect=goal,
            still=table_active(),
            action="delete",
            destructive=True,
        )
    if enabled:
        yield Step(
            title=f"enable the stream with {view}",
            operation="UpdateTable",
            parameters=draft.call(StreamSpecification=dict(wanted)),
            reason=(
                "it is off" if live is None else f"its view type is {live.view_type}"
            ),
            needs=CALM & stream_disabled(),
            effect=stream_enabled(view),
            still=table_active(),
            action="create",
        )


def encryption_steps(draft: Draft) -> Iterator[Step]:
    """Yield the step that changes the encryption key.

    A description names the key by its ARN. So whether an alias is the live key cannot
    be seen: then the call is made, and DynamoDB says whether it is so already.
    """
    wanted = draft.request.get("SSESpecification")
    if wanted is None:
        return
    draft.problems.extend(encryption_problems(wanted))
    key, enabled = wanted.get("KMSMasterKeyId") or None, bool(wanted.get("Enabled"))
    live = draft.state.encryption
    hidden = enabled and key is not None and not _comparable(key)
    shown = live is not None and _same_key(live.key_arn, key)
    if enabled and key is None and live is not None and live.key_arn is not None:
        draft.notes.append(
            f"it is encrypted with {live.key_arn}; no description tells whether that "
            "is the key of AWS, so it is left as it is"
        )
    what = "the key that DynamoDB owns" if not enabled else (key or "the AWS key")
    yield Step(
        title=f"encrypt with {what}",
        operation="UpdateTable",
        parameters=draft.call(SSESpecification=dict(wanted)),
        reason="another key is used" if live is not None else "no other key is used",
        needs=CALM,
        effect=encrypted(key if enabled else None, enabled=enabled),
        still=encryption_settled(),
        lag=_LATE,
        blind=hidden and not shown,
    )


def encrypted(key: str | None, *, enabled: bool) -> Condition[TableState]:
    """Ask whether a table is encrypted with a key; None: any but DynamoDB's own."""
    text = f"encryption({key!r})" if enabled else "encryption(None)"
    return condition(text, partial(_other_key, key=key, enabled=enabled), enabled)


def _other_key(state: TableState, *, key: str | None, enabled: bool) -> str | None:
    live = state.encryption
    off = live is None or live.status in _OFF
    if not enabled:
        return None if off else "it is encrypted with another key"
    if off or live is None:
        return "it is encrypted with the key that DynamoDB owns"
    if key is not None and not _same_key(live.key_arn, key):
        return f"it is encrypted with {live.key_arn}, not {key}"
    return None


def _comparable(key: str) -> bool:
    return "alias/" not in key


def _same_key(arn: str | None, key: str | None) -> bool:
    return key is None or same_key(arn, key)


def settings_mode_steps(draft: Draft) -> Iterator[Step]:
    """Yield the step that sets how settings are replicated to other accounts.

    It is set on a table without replicas, and a table with some has a mode of its own
    (API reference, UpdateTable). A table that says none has it off.
    """
    mode = draft.request.get("GlobalTableSettingsReplicationMode")
    if mode is None:
        return
    draft.problems.extend(settings_mode_problems(mode))
    if draft.state.replicas or adds_regions(draft):
        draft.problems.add(
            "GlobalTableSettingsReplicationMode: is for a table without replicas; "
            "leave it out"
        )
    yield Step(
        title=f"set the replication of settings to {mode}",
        operation="UpdateTable",
        parameters=draft.call(GlobalTableSettingsReplicationMode=mode),
        reason=f"it is {draft.state.settings_replication_mode or 'DISABLED'}",
        needs=QUIET,
        effect=shows("settings_replication_mode", mode, "DISABLED"),
        still=table_active(),
    )
