"""How long to wait before a call that failed for now is made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .runtime import Runtime
    from .store import StoreTrouble

_FIRST = {"throttled": 0.1, "transient": 0.02}
_LONGEST = 2.0


class Retry:
    """Waits that grow, with jitter, and begin anew after a success."""

    __slots__ = ("_delays", "_longest", "_runtime")

    def __init__(self, runtime: Runtime, longest: float = _LONGEST) -> None:
        """Start as if nothing had failed yet.

        Args:
            runtime: where chance comes from.
            longest: what no wait exceeds, in seconds.
        """
        self._runtime = runtime
        self._longest = longest
        self._delays: Iterator[float] | None = None

    def pause(self, trouble: StoreTrouble) -> float:
        """Return how long to wait, in seconds; at least half the bound, at most all.

        A lock that is waited for by many must not be asked for by all at once, but
        nobody shall be so lucky as not to wait at all.
        """
        if self._delays is None:
            self._delays = _delays(_FIRST[trouble.kind], self._longest)
        bound = next(self._delays)
        return bound / 2 + self._runtime.jitter(bound / 2)

    def reset(self) -> None:
        """Begin anew."""
        self._delays = None


def _delays(first: float, longest: float) -> Iterator[float]:
    from backoff import expo

    for delay in expo(factor=first, max_value=longest):
        if delay:  # the generator of backoff may begin with None or 0
            yield float(delay)
