"""What may go wrong with a call, and how often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from typing import TypeAlias

    Mishap: TypeAlias = Literal[
        "none", "throttled", "dropped", "server error", "lost", "reset", "late 500"
    ]

_PROBABILITIES = (
    "throttle",
    "lost_response",
    "dropped",
    "stale_describe",
    "missing_after_create",
    "server_error",
)
# Of a drawn set of faults: how often each kind is in it, and how strong it is at most.
_SHARE = 0.5
_STRONGEST = 0.3
_SLOWEST = 1.0
_BUSIEST = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What may go wrong: the first six are probabilities, of each call on its own.

    Attributes:
        throttle: the call is refused with a ThrottlingException.
        lost_response: the call is applied, but its answer never comes: a time-out, a
            connection reset, or an error 500.
        dropped: the connection is closed before the call arrives.
        stale_describe: a DescribeTable answers with an older state.
        missing_after_create: a DescribeTable soon after CreateTable finds no table.
        server_error: the call is refused with an InternalServerError.
        foreign_writer: how often in a minute another writer (autoscaling, somebody at
            the console, a second deploy) makes a change that is admitted then to a
            table that there is: its throughput, its tags, its deletion protection, or
            an index whose name begins with ``foreign-``. `SimulatedDynamoDB.calls` has
            it as a call of the client ``"foreign writer"``. It deletes no index but
            its own.
        latency: seconds that a call takes, there and back; or the least and the most.
        staleness: how old a stale answer may be, in seconds.
        creation_lag: how long a new table may be missing, in seconds.
    """

    throttle: float = 0.0
    lost_response: float = 0.0
    dropped: float = 0.0
    stale_describe: float = 0.0
    missing_after_create: float = 0.0
    server_error: float = 0.0
    foreign_writer: float = 0.0
    latency: float | tuple[float, float] = 0.0
    staleness: float = 2.0
    creation_lag: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what is no probability and no duration."""
        for name in _PROBABILITIES:
            share = getattr(self, name)
            if not 0 <= share <= 1:
                message = f"{name}: {share!r} is not a probability between 0 and 1"
                raise ValueError(message)
        least, most = self.bounds
        for name, seconds in (
            ("latency", least),
            ("latency", most - least),
            ("staleness", self.staleness),
            ("creation_lag", self.creation_lag),
            ("foreign_writer", self.foreign_writer),
        ):
            if not 0 <= seconds < math.inf:
                value = getattr(self, name)
                if name == "foreign_writer":
                    message = f"{name}: {value!r} is not a number of changes a minute"
                    raise ValueError(message)
                message = f"{name}: {value!r} is not a number of seconds >= 0"
                raise ValueError(f"{message}, or the least and the most")

    @classmethod
    def drawn(cls, seed: object) -> Self:
        """Draw which faults there are, and how strong each is; the rest never happen.

        About half of the kinds are in a drawn set: what one fault hides, another seed
        brings to light.
        """
        random = Random(f"{seed}/kinds")
        values: dict[str, Any] = {
            name: random.uniform(0, _STRONGEST)
            for name in _PROBABILITIES
            if random.random() < _SHARE
        }
        if random.random() < _SHARE:
            values["foreign_writer"] = random.uniform(0, _BUSIEST)
        if random.random() < _SHARE:
            values["latency"] = (0.0, random.uniform(0, _SLOWEST))
        return cls(**values)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most that a call takes, in seconds."""
        if isinstance(self.latency, tuple):
            return self.latency
        return self.latency, self.latency


NO_FAULTS = Faults()


@dataclass(slots=True)
class Fate:
    """What becomes of one call.

    Attributes:
        seconds: how long it takes, there and back.
        mishap: what goes wrong with it.
        age: how old its answer is, in seconds, when it is a DescribeTable.
        blind: whether it does not see a table that is new.
    """

    seconds: float = 0.0
    mishap: Mishap = "none"
    age: float = 0.0
    blind: bool = False


def draw(faults: Faults, random: Random, *, describes: bool) -> Fate:
    """Draw the fate of a call.

    Args:
        faults: how often what goes wrong.
        random: where chance comes from.
        describes: whether the call is a DescribeTable.
    """
    fate = Fate()
    if faults is NO_FAULTS:
        return fate
    least, most = faults.bounds
    fate.seconds = least if least == most else random.uniform(least, most)
    if random.random() < faults.throttle:
        fate.mishap = "throttled"
    elif random.random() < faults.dropped:
        fate.mishap = "dropped"
    elif random.random() < faults.server_error:
        fate.mishap = "server error"
    elif random.random() < faults.lost_response:
        fate.mishap = random.choice(("lost", "reset", "late 500"))
    if describes:
        if random.random() < faults.stale_describe:
            fate.age = random.uniform(0.0, faults.staleness)
        fate.blind = random.random() < faults.missing_after_create
    return fate
