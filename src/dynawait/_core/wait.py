"""The poll loop: the only loop that looks."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeVar

from .looks import look
from .report import Observers
from .sharing import Sharing
from .watch import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..conditions import Condition
    from .gateway import Gateway
    from .pace import Pacer
    from .patience import Patience
    from .subject import Subject

S = TypeVar("S")


async def wait_until(
    gateway: Gateway,
    subject: Subject[S],
    condition: Condition[Any],
    patience: Patience,
) -> S:
    """Look at one subject until the condition holds, and return its state."""
    states = await wait_until_all(gateway, {"": (subject, condition)}, patience)
    return states[""]


async def wait_until_all(
    gateway: Gateway,
    targets: Mapping[str, tuple[Subject[S], Condition[Any]]],
    patience: Patience,
    *,
    pacer: Pacer | None = None,
) -> dict[str, S]:
    """Look at many subjects until every condition holds, and return their states.

    A few workers share the watches, each taking the one that is due next, so that
    neither a task nor a thread is needed for every table.

    Args:
        gateway: the door out.
        targets: subject and condition, by the name that the result shall have.
        patience: the options; one deadline and one observer for all.
        pacer: the rate cap to keep; None: that of the client.
    """
    observers = Observers(patience.on_event, logs=patience.logs)
    now = gateway.now()
    sharing = Sharing() if len(targets) > 1 else None
    watches = (
        Watch(subject, condition, now, patience, observers=observers, sharing=sharing)
        for subject, condition in targets.values()
    )
    # In the order of the targets, which is also that of a heap while all are due now.
    line = [
        (now, place, name, watch)
        for place, (name, watch) in enumerate(zip(targets, watches, strict=True))
    ]
    states: dict[str, S] = {}
    # Looks that are repeated, or are many, have to be spread; a first one need not be.
    alone = len(line) == 1 and pacer is None
    workers = min(gateway.board.breadth, len(line))
    await gateway.gather(
        _work(gateway, line, states, pacer, alone=alone) for _ in range(workers)
    )
    return {name: states[name] for name in targets}


async def _work(
    gateway: Gateway,
    line: list[tuple[float, int, str, Watch[S]]],
    states: dict[str, S],
    pacer: Pacer | None,
    *,
    alone: bool,
) -> None:
    """Look at whichever watch is due next, until none is left."""
    while True:
        with gateway.board.guard:
            if not line:
                return
            _, place, name, watch = heappop(line)
        seen = await look(
            gateway,
            watch.subject,
            due=watch.due,
            span=watch.span,
            deadline=watch.deadline,
            abandon=watch.abandon,
            pacer=pacer,
            urgent=alone and watch.polls == 0,
        )
        state = watch.take(seen, gateway.now())
        with gateway.board.guard:
            if state is not None:
                states[name] = state
            else:
                heappush(line, (watch.due, place, name, watch))
