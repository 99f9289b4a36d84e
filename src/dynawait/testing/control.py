"""The control endpoint of a server: move its time, look at it, let it misbehave.

All bodies are JSON objects.

=======================  ======================  =====================================
request                  body                    does
=======================  ======================  =====================================
GET /_dynawait/state     none                    tell time, speed, seed, faults, tables,
                                                 phases and the latest calls
POST /_dynawait/advance  ``{"seconds": 60}``     move the time on
POST /_dynawait/speed    ``{"speed": 60}``       set how many seconds pass in a real
                                                 one; 0: none
POST /_dynawait/faults   ``{"throttle": 0.05}``  replace all faults by these; ``{}``:
                                                 no faults
POST /_dynawait/reset    ``{"seed": 7}``         drop tables and calls; speed and faults
                                                 as at the start, without a seed that
                                                 one as well
=======================  ======================  =====================================

A POST is answered with ``time``, ``speed`` and ``faults`` as they are then, a refusal
with ``error``, a text. Only requests to a loopback name are answered, and none that a
page of somebody else made: a browser would send those on behalf of any website.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .answers import Answer, json_answer
from .fault_words import read_faults
from .wire import read_number, read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .backend import Backend

PREFIX = "/_dynawait/"
_LOOPBACK = re.compile(
    r"(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?", re.IGNORECASE
)
_OWN_SITES = frozenset({"", "same-origin", "none"})


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request says that it goes to, and comes from.

    Attributes:
        host: its ``Host``.
        origin: its ``Origin``; browsers send it with a POST.
        site: its ``Sec-Fetch-Site``; newer browsers send it.
    """

    host: str = ""
    origin: str = ""
    site: str = ""

    @property
    def is_local(self) -> bool:
        """Whether it goes to a loopback name, and comes from no page but our own."""
        return (
            _LOOPBACK.fullmatch(self.host) is not None
            and self.origin.lower() in ("", f"http://{self.host.lower()}")
            and self.site in _OWN_SITES
        )


class Control:
    """Answers requests to the control endpoint."""

    def __init__(self, backend: Backend) -> None:
        """Take what is to be controlled."""
        self._backend = backend
        self._commands: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
            "advance": self._advance,
            "speed": self._speed,
            "faults": self._faults,
            "reset": self._reset,
        }

    def answer(self, method: str, path: str, body: bytes, visit: Visit) -> Answer:
        """Answer a request whose path begins with `PREFIX`."""
        if not visit.is_local:
            return _refused("only requests from and to loopback are answered", 403)
        name = path.removeprefix(PREFIX)
        command = self._commands.get(name)
        if command is None and name != "state":
            return _refused(f"there are state, {', '.join(self._commands)}", 404)
        methods = ("POST",) if command else ("GET", "HEAD")
        if method not in methods:
            return _refused(f"{name} is asked for with {methods[0]}", 405)
        if command is None:
            return json_answer(asdict(self._backend.state()))
        try:
            command(read_object(body or b"{}"))
        except ValueError as error:
            return _refused(str(error), 400)
        state = asdict(self._backend.state())
        return json_answer({member: state[member] for member in _TOLD})

    def _advance(self, members: Mapping[str, Any]) -> None:
        _only(members, "seconds")
        self._backend.clock.advance(read_number("seconds", members.get("seconds")))

    def _speed(self, members: Mapping[str, Any]) -> None:
        _only(members, "speed")
        self._backend.clock.speed = read_number("speed", members.get("speed"))

    def _faults(self, members: Mapping[str, Any]) -> None:
        self._backend.service.faults = read_faults(members)

    def _reset(self, members: Mapping[str, Any]) -> None:
        _only(members, "seed")
        seed = members.get("seed")
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
            message = f"seed: {seed!r} is not a whole number"
            raise ValueError(message)
        self._backend.reset(seed=seed)


_TOLD = ("time", "moment", "speed", "seed", "faults")


def _only(members: Mapping[str, Any], name: str) -> None:
    strange = [member for member in members if member != name]
    if strange:
        message = f"{strange[0]!r} is unknown here; it takes {name}"
        raise ValueError(message)


def _refused(problem: str, status: int) -> Answer:
    return json_answer({"error": problem}, status=status)
