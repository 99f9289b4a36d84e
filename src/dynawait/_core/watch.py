"""One wait: what it has seen, when it looks next, and how it ends.

A watch is told what each look showed and answers whether it is over. It does no I/O,
so that one loop can keep ten thousand of them.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..conditions import Verdict
from ..errors import ImpossibleError, TableGoneError, WaitTimeoutError
from .outcome import words_of
from .refusal import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..conditions import Condition
    from .looks import Look
    from .patience import Patience
    from .report import Observers
    from .sharing import Sharing
    from .subject import Subject

S = TypeVar("S")

HEARTBEAT = 10.0
_NOTHING: Mapping[str, float] = {}
# A wait without a time-out still ends when the service has not answered once in this
# time: then it is not slow but not there (a wrong Region, endpoint or proxy).
UNREACHABLE = 300.0
_RETRY_FACTOR = {"transient": 0.2, "throttled": 1.0}
_RETRY_CAP = 20.0


class Watch(Generic[S]):
    """One wait for one condition of one subject.

    Attributes:
        due: when it wants to look next; infinite when it only waits for its deadline.
        span: how much later is as good, in seconds.
    """

    __slots__ = (
        "_absent",
        "_began",
        "_changed",
        "_entered",
        "_first_missing",
        "_gone",
        "_identity",
        "_known",
        "_last_chance",
        "_last_told",
        "_observers",
        "_patience",
        "_quickest",
        "_retries",
        "_sharing",
        "_state",
        "_trouble",
        "_verdict",
        "_warned",
        "answered",
        "condition",
        "deadline",
        "due",
        "polls",
        "span",
        "started",
        "subject",
    )

    def __init__(
        self,
        subject: Subject[S],
        condition: Condition[Any],
        now: float,
        patience: Patience,
        *,
        observers: Observers,
        sharing: Sharing | None = None,
    ) -> None:
        self.subject = subject
        self.condition = condition
        self.started = now if patience.started is None else patience.started
        self.due = now
        self.span = 0.0
        timeout = patience.timeout
        self.deadline = inf if timeout is None else self.started + timeout
        self.polls = 0
        self.answered = False
        self._patience = patience
        self._entered = now
        self._began = now if patience.paced is None else patience.paced
        self._observers = observers
        self._state: S | None = None
        self._absent = False
        self._sharing = sharing
        self._verdict: Verdict | None = None
        self._trouble: Exception | None = None
        self._retries: Iterator[float] | None = None
        self._identity: tuple[str | None, Any] | None = None
        self._known: tuple[str, ...] = ()
        self._first_missing: float | None = None
        self._gone: Mapping[str, float] = _NOTHING
        self._warned: frozenset[str] = frozenset()
        self._changed: tuple[str, ...] | None = None
        self._last_told = now
        self._last_chance = False
        self._quickest = inf
        self._tell("wait.started", now, f"waiting for {condition!r}")

    @property
    def abandon(self) -> bool:
        """Tell whether the deadline ends a call in flight: not the only one."""
        return self._patience.timeout != 0

    def take(self, look: Look[S] | None, now: float) -> S | None:
        """Judge what a look showed, and plan the next one.

        Args:
            look: what was seen; None when the deadline came first.
            now: the time, in seconds on the gateway's clock.

        Returns:
            The state when the wait is over, otherwise None.

        Raises:
            DynawaitError: the wait is over without success.
        """
        if look is None:
            raise self._failed(self._timed_out(now), now)
        self.polls += 1
        if self._patience.on_look is not None:
            self._patience.on_look(look.sent, look.at)
        if look.error is not None and look.kind != "missing":
            self._survive(look.error, look, now)
        else:
            self._forget_trouble()
            if self._judge(look, now):
                return self._state
        if now >= self.deadline:
            raise self._failed(self._timed_out(now), now)
        self._use_last_chance(look, now)
        return None

    def _survive(self, error: Exception, look: Look[S], now: float) -> None:
        """Plan another try after an error that may pass, or raise it."""
        fault = look.fault
        if fault is None:
            raise self._failed(error, now)
        if look.kind == "busy":  # an answer, in the shape of an error
            self._forget_trouble()
            self._first_missing = None
            self._verdict = Verdict.pending(f"{fault.code}: {fault.message}")
            self._tell_changes(self._verdict, now)
            self._plan(now)
            return
        # No describe operation has a hard limit: a LimitExceeded of one is a throttle.
        kind = "throttled" if look.kind == "quota" else look.kind
        hopeless = (
            self.deadline == inf
            and not self.answered
            and now - self._entered >= UNREACHABLE
        )
        if kind not in _RETRY_FACTOR or hopeless:
            raise self._failed(
                refusal(self.subject.operation, self.subject.name, fault, kind, error),
                now,
            )
        self._trouble = error
        if self._retries is None:
            self._retries = _delays(kind)
        self.due, self.span = now, next(self._retries)
        text = f"{self.subject.operation} failed, trying again: {fault.code}"
        self._tell("wait.retried", now, f"{text}: {fault.message}")

    def _forget_trouble(self) -> None:
        self.answered = True
        self._trouble = self._retries = None

    def _judge(self, look: Look[S], now: float) -> bool:
        """Judge an answer; True when the condition holds."""
        state = look.state
        if state is not None and self._is_stale(state, now):
            self._plan(now)
            return False
        if state is not None and self._sharing is not None:
            state = self._sharing.of(state)
        self._state = state
        self._absent = look.kind == "missing"
        if state is None:
            what = f"{self.subject.noun} {self.subject.name}"
            verdict = Verdict.pending(f"{what} does not exist", missing=(what,))
        else:
            verdict = self._asked(state, now)
        self._verdict = verdict
        if verdict.kind == "satisfied":
            self._tell("wait.finished", now, f"{self.condition!r} holds")
            return True
        if verdict.kind == "impossible":
            raise self._failed(self._impossible(verdict, now), now)
        self._tell_changes(verdict, now)
        self._plan(now)
        self._mind_the_missing(verdict, look.sent, now)
        return False

    def _asked(self, state: S, now: float) -> Verdict:
        try:
            return self.condition.judge(state)
        except Exception as error:
            self._failed(error, now)
            raise

    def _is_stale(self, state: S, now: float) -> bool:
        """Tell whether a state is of an older incarnation than one already seen.

        Raises:
            TableGoneError: it is of a newer one.
        """
        if self.subject.identity is None:
            return False
        number, created = self.subject.identity(state)
        if number is None:
            return False
        if self._identity is None or self._identity[0] == number:
            self._identity = number, created
            return False
        before, born = self._identity
        if created is not None and born is not None and created < born:
            return True
        reason = f"was deleted and created again ({before} is now {number})"
        raise self._failed(self._gone_error(self._whole, reason, now), now)

    def _mind_the_missing(self, verdict: Verdict, asked: float, now: float) -> None:
        """Notice what does not exist yet, and what has ceased to exist.

        Times are those of the questions: an answer that was long on its way, or in the
        hands of a process that stood still, tells of the past.
        """
        self._remember()
        gone = [thing for thing in verdict.missing if thing in self._known]
        never_seen = [thing for thing in verdict.missing if thing not in self._known]
        self._gone = (
            {thing: self._gone.get(thing, asked) for thing in gone}
            if gone
            else _NOTHING
        )
        grace = self._patience.schedule.grace
        for thing, since in self._gone.items():
            if not self._look_again_by(since + grace, asked, now):
                reason = "was there and is gone"
                raise self._failed(self._gone_error(thing, reason, now), now)
        if not never_seen:
            self._first_missing = None
            return
        if self._first_missing is None:
            self._first_missing = asked
        if self._look_again_by(self._first_missing + grace, asked, now):
            return
        if self._patience.missing == "fail":
            raise self._failed(self._impossible(verdict, now, never_seen), now)
        lasts = now - self._first_missing
        text = f"still missing after {lasts:.0f} s: {', '.join(never_seen)}"
        self._tell_once("wait.missing", f"{text}; is the name right?", now)

    def _remember(self) -> None:
        """Keep in mind what has been seen to exist."""
        state = self._state
        if state is None or self._absent:
            return
        things = [self._whole]
        if self.subject.inventory is not None:
            things += self.subject.inventory(state)
        new = [thing for thing in things if thing not in self._known]
        if new:
            self._known += tuple(new)

    def _look_again_by(self, moment: float, asked: float, now: float) -> bool:
        """Look at a moment, unless it has been asked about or a look comes before."""
        if moment <= asked:
            return False
        if self.due + self.span > moment:
            self.due, self.span = max(moment, now), 0.0
        return True

    def _plan(self, now: float) -> None:
        """Plan the next look by the schedule."""
        interval = self._patience.schedule.interval(now - self._began)
        jitter = self._patience.schedule.jitter
        self.due = now + interval * (1 - jitter / 2)
        self.span = interval * jitter

    def _use_last_chance(self, look: Look[S], now: float) -> None:
        """Put a last look shortly before the deadline, early enough to be answered.

        A look that is due before the deadline anyway is never given up for it.
        """
        if look.kind in (None, "missing"):
            self._quickest = min(self._quickest, look.seen - look.sent)
        reserve = 2 * self._quickest if self._quickest < inf else 0.0
        last = self.deadline - max(reserve, 0.001)
        if self.due + self.span <= last:
            return
        if last > now and not self._last_chance:
            self.due, self.span, self._last_chance = last, 0.0, True
        elif self.due >= self.deadline:
            self.due, self.span = inf, 0.0

    @property
    def _whole(self) -> str:
        return f"{self.subject.noun} {self.subject.name}"

    def _tell_changes(self, verdict: Verdict, now: float) -> None:
        for warning in verdict.warnings:
            self._tell_once("wait.warned", warning, now)
        text = f"waiting: {'; '.join(verdict.reasons)}"
        if verdict.reasons != self._changed:
            self._changed = verdict.reasons
            self._tell("wait.changed", now, text)
        elif now - self._last_told >= HEARTBEAT:
            self._tell("wait.continued", now, f"still {text}")

    def _tell_once(self, name: str, text: str, now: float) -> None:
        key = name if name == "wait.missing" else text
        if key not in self._warned:
            self._warned = self._warned | {key}
            self._tell(name, now, text)

    def _tell(self, name: str, now: float, text: str) -> None:
        if not self._observers.wants(name):
            return
        self._last_told = now
        self._observers.tell(
            name,
            text,
            table=self.subject.name,
            awaited=repr(self.condition),
            elapsed=now - self.started,
            polls=self.polls,
            reasons=self._verdict.reasons if self._verdict else (),
            state=self._state,
        )

    def _facts(self, now: float) -> dict[str, Any]:
        return {
            "table": self.subject.name,
            "state": self._state,
            "elapsed": now - self.started,
            "polls": self.polls,
        }

    def _timed_out(self, now: float) -> WaitTimeoutError:
        trouble = self._trouble
        error = WaitTimeoutError(
            awaited=repr(self.condition),
            pending=self._verdict.reasons if self._verdict else (),
            timeout=self._patience.timeout or 0.0,
            trouble=words_of(trouble) if trouble is not None else None,
            **self._facts(now),
        )
        error.__cause__ = trouble
        return error

    def _impossible(
        self, verdict: Verdict, now: float, missing: Iterable[str] = ()
    ) -> ImpossibleError:
        return ImpossibleError(
            awaited=repr(self.condition),
            reasons=verdict.reasons,
            missing=missing,
            **self._facts(now),
        )

    def _gone_error(self, thing: str, reason: str, now: float) -> TableGoneError:
        return TableGoneError(
            awaited=repr(self.condition), gone=thing, reason=reason, **self._facts(now)
        )

    def _failed(self, error: Exception, now: float) -> Exception:
        if self._observers.wants("wait.failed"):
            text = words_of(error).removeprefix(f"{self.subject.name}: ")
            self._tell("wait.failed", now, text)
        return error


def _delays(kind: str | None) -> Iterator[float]:
    """Return the growing waits between retries; each is a bound for the jitter."""
    from backoff import expo

    for delay in expo(factor=_RETRY_FACTOR[kind or ""], max_value=_RETRY_CAP):
        if delay:  # the generator of backoff may begin with None or 0
            yield float(delay)
