"""A simulated account as a server holds it, with its clock and how it began."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from .faults import NO_FAULTS, Faults
from .paced_clock import PacedClock
from .service import HOME_REGION, Attempt, Service
from .view import StateView, calls_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .model import Durations, Limits

_SHOWN_CALLS = 50
_KEPT_CALLS = 100_000
# AWS has fewer; whoever names more of them sends nonsense.
_MOST_REGIONS = 64


class Backend:
    """What answers behind a server.

    Attributes:
        clock: its time.
        service: its tables, faults and calls; another one after each `reset`.
    """

    def __init__(
        self,
        *,
        speed: float = 1.0,
        seed: int = 0,
        durations: Durations | None = None,
        faults: Faults | None = None,
        limits: Limits | None = None,
    ) -> None:
        """Start without tables, at the present date.

        Args:
            speed: how many of its seconds pass in a real one; 0: only by hand.
            seed: where the faults' chance comes from.
            durations: how long transitions last; as on AWS where None.
            faults: what goes wrong; nothing where None.
            limits: how much may be done at a time, and how often; AWS's, without
                rates, where None.

        Raises:
            ValueError: `speed` is no speed.
        """
        self.clock: PacedClock = PacedClock(speed)
        self._first = speed, seed, faults or NO_FAULTS
        self._seed = seed
        self._start = datetime.now(UTC)
        self._service = partial(
            Service,
            self.clock.now,
            durations=durations,
            start=self._start,
            limits=limits,
        )
        self.service: Service = self._service(seed=seed, faults=faults)

    def begin(
        self, operation: str, parameters: Mapping[str, Any], *, region: str = ""
    ) -> Attempt:
        """Set out with a call to a Region, the home Region where it is none."""
        service = self.service
        if len(service.calls) > 2 * _KEPT_CALLS:
            del service.calls[:-_KEPT_CALLS]
        known = region in service.planes or len(service.planes) < _MOST_REGIONS
        where = region if region and known else HOME_REGION
        return service.begin(operation, parameters, region=where)

    def reset(self, *, seed: int | None = None) -> None:
        """Drop all tables and calls, and take up the first speed, faults and seed.

        Time goes on. Calls that are under way end in what was dropped.

        Args:
            seed: another seed.
        """
        speed, first, faults = self._first
        self._seed = first if seed is None else seed
        self.clock.speed = speed
        self.service = self._service(seed=self._seed, faults=faults)

    def tables(self) -> dict[str, dict[str, Any]]:
        """Return the descriptions of all tables, by name.

        Of tables of one name in several Regions, that of the Region used first counts,
        and us-east-1 before all.
        """
        each = self.service.examine(
            lambda planes: [plane.describe_all() for plane in planes.values()]
        )
        found: dict[str, dict[str, Any]] = {}
        for descriptions in reversed(each):
            found.update(descriptions)
        return found

    def state(self) -> StateView:
        """Return what there is to be seen."""
        service = self.service
        now = self.clock.now()
        tables = service.examine(lambda planes: tables_of(planes, now))
        return StateView(
            time=now,
            moment=(self._start + timedelta(seconds=now)).isoformat(timespec="seconds"),
            speed=self.clock.speed,
            seed=self._seed,
            faults=_named(service.faults),
            tables=tables,
            calls=calls_of(service.calls[: -_SHOWN_CALLS - 1 : -1]),
            calls_made=len(service.calls),
        )


def _named(faults: Faults) -> dict[str, object]:
    """Return what is not as in `NO_FAULTS`, by name."""
    return {
        field.name: getattr(faults, field.name)
        for field in fields(faults)
        if getattr(faults, field.name) != getattr(NO_FAULTS, field.name)
    }
