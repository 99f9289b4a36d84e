"""All operations of the control plane, and who is told of what happens to tables.

Each feature is a module with ``OPERATIONS``; here they come together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import (
    backups,
    describe_limits,
    exports,
    imports,
    insights,
    kinesis,
    lifecycle,
    policies,
    recovery,
    restores,
    sightings,
    tags,
    time_to_live,
)
from .account import Hooks
from .items import operations as items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .operation import Operation

OPERATIONS: Mapping[str, Operation] = {
    **lifecycle.OPERATIONS,
    **time_to_live.OPERATIONS,
    **recovery.OPERATIONS,
    **tags.OPERATIONS,
    **policies.OPERATIONS,
    **kinesis.OPERATIONS,
    **insights.OPERATIONS,
    **backups.OPERATIONS,
    **restores.OPERATIONS,
    **exports.OPERATIONS,
    **imports.OPERATIONS,
    **describe_limits.OPERATIONS,
    **items.OPERATIONS,
}
HOOKS = Hooks(
    created=(tags.take_tags, policies.take_policy),
    deleted=(
        # What refuses comes before what takes note.
        tags.refuse_while_tagged,
        policies.refuse_while_pending,
        sightings.note_deletion,
        backups.leave_system_backup,
    ),
)
