"""Random index changes for a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynawait import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    DeleteVectorIndex,
    ReplaceIndex,
    UpdateIndex,
)
from tests.unit.update_requests import TYPES, chance

if TYPE_CHECKING:
    from random import Random

    from dynawait.changes import Change
    from dynawait.states import TableState


def draw_changes(random: Random, state: TableState) -> list[Change]:
    """Return changes that mostly fit a table."""
    live = list(state.indexes)
    random.shuffle(live)
    changes: list[Change] = []
    for number in range(random.choice((1, 2, 3, 5))):
        name = live.pop() if live and not chance(random, 0.2) else f"other-{number}"
        kind = random.choice(("create", "delete", "update", "replace", "vector"))
        if kind == "create":
            changes.append(draw_creation(random, f"new-{number}", state))
        elif kind == "delete":
            changes.append(DeleteIndex(name))
        elif kind == "update":
            changes.append(_draw_update(random, name, state))
        elif kind == "replace":
            new = random.choice((name, f"new-{number}"))
            changes.append(ReplaceIndex(name, draw_creation(random, new, state)))
        elif chance(random, 0.5):
            changes.append(DeleteVectorIndex(f"like-{number}"))
        elif state.billing_mode == "PAY_PER_REQUEST":
            changes.append(CreateVectorIndex(f"near-{number}", "v0", 64))
    if chance(random, 0.05) and changes:
        changes.append(random.choice(changes))
    return changes


def draw_creation(random: Random, name: str, state: TableState) -> CreateIndex:
    """Return an index to be created; its types are mostly right."""
    on_demand = (state.billing_mode == "PAY_PER_REQUEST") != chance(random, 0.02)
    attributes = random.sample(list(TYPES), random.choice((1, 2)))
    keys = [(each, "B" if chance(random, 0.05) else TYPES[each]) for each in attributes]
    return CreateIndex(
        name,
        keys[0],
        keys[1] if len(keys) > 1 else None,
        random.choice(("ALL", "KEYS_ONLY", ["total", "note"])),
        None if on_demand else (random.choice((1, 10)), 5),
    )


def _draw_update(random: Random, name: str, state: TableState) -> UpdateIndex:
    if state.billing_mode == "PAY_PER_REQUEST":
        caps = (random.choice((-1, 100)), random.choice((None, 200)))
        warm = random.choice((None, (13_000, 5_000)))
        return UpdateIndex(name, on_demand=caps, warm=warm)
    units = (random.choice((1, 10, 50)), 7)
    return UpdateIndex(name, units, warm=random.choice((None, (100, None))))
