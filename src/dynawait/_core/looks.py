"""Looks that several waiters share.

Waiters of one subject, through one client, share their looks. Each says when it wants
the next one: *from* a moment, with a *span* within which any moment is as good. One of
them leads: it sleeps until the earliest of these, makes the call, and hands the answer
to all who had joined before it was sent. Nobody joins a call in flight, since it may
show a state older than his question. So there is never more than one call in flight
for one subject, and the quickest schedule sets the pace.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..states import TableState
from .gateway import CallTimedOut
from .outcome import Fault, classify, read_fault
from .subject import NotYet

if TYPE_CHECKING:
    from datetime import datetime

    from .board import Board
    from .gateway import Gateway, Signal
    from .outcome import Kind
    from .pace import Pacer
    from .subject import Home, Subject

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Look(Generic[S]):
    """What one call showed.

    Attributes:
        sent: when the call was sent, in seconds on the gateway's clock.
        seen: when its answer came.
        state: what it showed; None when the call failed or there is nothing.
        error: what the client raised, if it did.
        fault: the error, read; None where it is no error of a call.
        kind: what the fault means.
        at: the date when the call was sent; it goes on while a machine is suspended.
    """

    sent: float
    seen: float
    state: S | None = None
    error: Exception | None = None
    fault: Fault | None = None
    kind: Kind | None = None
    at: datetime | None = None


class Waiter:
    """One who waits for a look: from when on, and how much later is as good."""

    __slots__ = ("due", "look", "signal", "span")

    def __init__(self, due: float, span: float, signal: Signal) -> None:
        self.due = due
        self.span = span
        self.signal = signal
        self.look: Look[Any] | None = None


class SharedLook:
    """The next look at one subject: who waits for it, who leads, and when it is.

    Those whom the call in flight will serve are apart from those who came after it.
    """

    __slots__ = ("alarm", "at", "leader", "served", "waiting")

    def __init__(self) -> None:
        self.waiting: dict[Waiter, None] = {}
        self.served: dict[Waiter, None] = {}
        self.leader: Waiter | None = None
        self.at = inf
        self.alarm: Signal | None = None


async def look(
    gateway: Gateway,
    subject: Subject[S],
    *,
    due: float,
    span: float = 0.0,
    deadline: float = inf,
    abandon: bool = True,
    pacer: Pacer | None = None,
    urgent: bool = False,
) -> Look[S] | None:
    """Look at a subject at a moment between `due` and `due + span`, or sooner.

    Args:
        gateway: the door out.
        subject: what to look at.
        due: the earliest moment that this waiter asks for.
        span: how much later is as good, in seconds.
        deadline: when this waiter gives up.
        abandon: whether the deadline ends a call in flight as well.
        pacer: the rate cap to keep; None: that of the client.
        urgent: whether this look need not keep it while nothing is throttled.

    Returns:
        What was seen; None when the deadline came first.
    """
    board, key = gateway.board, subject.key
    last = deadline if abandon else inf
    me = Waiter(due, span, gateway.signal())
    with board.guard:
        shared = board.looks.get(key)
        if shared is None:
            shared = board.looks[key] = SharedLook()
        _join(gateway, shared, me)
    try:
        while me.look is None:
            if shared.leader is not me:
                await gateway.sleep(max(0.0, last - gateway.now()), wake=me.signal)
                if me.signal.is_set() or gateway.now() < last:
                    continue
                return None
            pace = pacer or board.pacer(subject.operation)
            if not (
                await _rest_until_due(gateway, shared, last)
                and (
                    (urgent and pace.rate >= pace.limit)
                    or await _keep_pace(gateway, pace, last)
                )
                and await _send(gateway, subject, shared, last, pace)
            ):
                return None
        return me.look
    finally:
        with board.guard:
            _leave(board, key, shared, me)


def _join(gateway: Gateway, shared: SharedLook, me: Waiter) -> None:
    """Add a waiter; the first one leads, and a hastier one moves the look forward."""
    shared.waiting[me] = None
    if shared.leader is None:
        shared.leader = me
    if me.due + me.span < shared.at:
        shared.at = me.due + (gateway.jitter(me.span) if me.span else 0.0)
        if shared.alarm is not None:
            shared.alarm.set()


def _leave(board: Board, key: Any, shared: SharedLook, me: Waiter) -> None:
    """Take a waiter off; a leader who leaves hands over to the next in line."""
    shared.waiting.pop(me, None)
    shared.served.pop(me, None)
    if shared.leader is me:
        shared.leader = next(iter(shared.waiting), None)
        shared.alarm = None
        if shared.leader is not None:
            shared.leader.signal.set()
        elif board.looks.get(key) is shared:
            del board.looks[key]


async def _rest_until_due(
    gateway: Gateway, shared: SharedLook, deadline: float
) -> bool:
    """Sleep until the look is due; False when the leader's own deadline is sooner."""
    while True:
        with gateway.board.guard:
            pause = min(shared.at, deadline) - gateway.now()
            shared.alarm = gateway.signal() if pause > 0 else None
            alarm = shared.alarm
        # Even a look that is due lets the others join first, who were started with it.
        await gateway.sleep(max(0.0, pause), wake=alarm)
        now = gateway.now()
        if shared.at <= now:
            return True
        if deadline <= now:
            return False


async def _keep_pace(gateway: Gateway, pacer: Pacer, deadline: float) -> bool:
    """Wait for a free place under the rate cap; False when the deadline is sooner."""
    guard = gateway.board.guard
    with guard:
        now = gateway.now()
        moment = pacer.reserve(now)
    used = False
    try:
        if moment > now:
            await gateway.sleep(max(0.0, min(moment, deadline) - now))
        used = moment <= now or moment <= deadline
    finally:
        with guard:
            (pacer.use if used else pacer.give_back)(moment)
    return used


async def _send(
    gateway: Gateway,
    subject: Subject[S],
    shared: SharedLook,
    deadline: float,
    pacer: Pacer,
) -> bool:
    """Make the call and hand its answer to those who had joined before it."""
    guard = gateway.board.guard
    with guard:
        shared.served, shared.waiting, shared.at = shared.waiting, {}, inf
    try:
        seen = await _call(gateway, subject, deadline)
    except BaseException:  # those who had joined must not wait for it for ever
        with guard:
            _give_back(shared)
        raise
    with guard:
        if seen is None:
            _give_back(shared)
            return False
        if seen.kind == "throttled":
            pacer.slow_down()
        else:
            pacer.speed_up()
        for waiter in shared.served:
            waiter.look = seen
            waiter.signal.set()
        shared.served = {}
    return True


def _give_back(shared: SharedLook) -> None:
    """Let the others go on without this leader, whose call brought nothing."""
    shared.waiting, shared.served = shared.served | shared.waiting, {}
    shared.at = min(waiter.due for waiter in shared.waiting)


async def _call(
    gateway: Gateway, subject: Subject[S], deadline: float
) -> Look[S] | None:
    """Make one look and read its answer; None when the deadline came first."""
    at, sent = gateway.moment(), gateway.now()
    until = None if deadline == inf else deadline
    try:
        state = await _ask(gateway, subject, until)
        return Look(sent, gateway.now(), state, at=at)
    except CallTimedOut:
        return None
    except NotYet as early:
        seen = _not_yet(sent, gateway.now(), early, str(early))
    except Exception as error:  # noqa: BLE001 - handed to every waiter, who raises it
        seen = _judge_error(subject, sent, gateway.now(), error)
    if seen.kind == "missing" and subject.home is not None:
        seen = await _reconsidered(gateway, seen, subject.home, until)
    return replace(seen, at=at)


async def _ask(gateway: Gateway, subject: Subject[S], until: float | None) -> S:
    """Make the calls that one look takes: one, where nothing else is said."""
    response = await gateway.call(subject.operation, subject.parameters, deadline=until)
    if subject.more is None:
        return subject.parse(response)
    responses = [response]
    while (following := subject.more(responses)) is not None:
        responses.append(await gateway.call(*following, deadline=until))
    return subject.parse({"Responses": responses})


async def _reconsidered(
    gateway: Gateway, seen: Look[S], home: Home, until: float | None
) -> Look[S]:
    """Ask about the table whose setting is missing: it may only be too early."""
    try:
        response = await gateway.call(
            "DescribeTable", {"TableName": home.table}, deadline=until
        )
        why = home.unseen(TableState.parse(response))
    except CallTimedOut:
        return seen
    except Exception as error:  # noqa: BLE001 - handed on, or of no matter
        fault = read_fault(error)
        kind = None if fault is None else classify(fault, error).kind
        if kind not in ("transient", "throttled"):
            return seen
        return Look(seen.sent, gateway.now(), None, error, fault, kind)
    if why is None or seen.error is None:
        return seen
    return _not_yet(seen.sent, gateway.now(), seen.error, why)


def _not_yet(sent: float, seen: float, error: Exception, why: str) -> Look[Any]:
    fault = Fault("not yet", why)
    return Look(sent, seen, error=error, fault=fault, kind="busy")


def _judge_error(
    subject: Subject[S], sent: float, seen: float, error: Exception
) -> Look[S]:
    fault = read_fault(error)
    if fault is None:
        return Look(sent, seen, error=error)
    if fault.code == subject.answer:
        return Look(sent, seen, subject.parse({}))
    kind = classify(fault, error).kind
    absent = None
    if kind == "missing" and subject.absent is not None:
        absent = subject.absent(subject.name)
    return Look(sent, seen, absent, error, fault, kind)
