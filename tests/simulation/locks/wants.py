"""What a task of a story asks for: one lock, several, a permit, to read or to write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dynawait._core.locks.acquire import Request, acquire
from dynawait._core.locks.readwrite import acquire_read, acquire_write
from dynawait._core.locks.semaphore import acquire_permit
from dynawait._core.locks.several import acquire_all
from dynawait._core.locks.store import Place
from dynawait._core.locks.timing import BEATS_A_LEASE

from .judges import Held

if TYPE_CHECKING:
    from random import Random

    from dynawait._core.locks.keeper import Keeper
    from dynawait.testing._locks.world import Actor

    from .script import Script

PLACE = Place("lock")
PERMITS = 2
READERS = 3
_KEYS, _AT_ONCE = 3, 2
_READING = 0.7


async def obtained(
    actor: Actor, keeper: Keeper, script: Script, random: Random
) -> Held:
    """Acquire what the script is about."""
    heartbeat = script.lease / BEATS_A_LEASE if script.beats else None
    request = Request(PLACE, script.lease, script.wait, heartbeat)
    match script.kind:
        case "all":
            places = random.sample([Place(f"lock-{n}") for n in range(_KEYS)], _AT_ONCE)
            wanted = [replace(request, place=place) for place in places]
            return Held(actor, tuple(await acquire_all(keeper, wanted)), "all")
        case "permit":
            permit = await acquire_permit(keeper, request, PERMITS)
            return Held(actor, (permit,), "permit", PERMITS)
        case "readwrite" if random.random() < _READING:
            grant = await acquire_read(keeper, request, readers=READERS)
            return Held(actor, (grant,), "reader", READERS)
        case "readwrite":
            gate, others = await acquire_write(keeper, request, readers=READERS)
            return Held(actor, (gate, *others), "writer")
        case "one":
            return Held(actor, (await acquire(keeper, request),))
