"""Ctrl-C at a chosen moment, wherever Python may let it through."""

from __future__ import annotations

import dis
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dynawait

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType

_HOME = str(Path(str(dynawait.__file__)).parent)
_SIMULATION = str(Path(_HOME) / "testing")


@cache
def _moments(code: CodeType) -> frozenset[int]:
    """Return the offsets at which CPython looks for signals.

    It does so when a function begins, when a loop goes round, and after calls of C
    functions. What comes after a call stands for its end here, but for a return, which
    follows a call of Python's own without a look.
    """
    found: set[int] = set()
    before = ""
    for each in dis.get_instructions(code):
        called = before.startswith("CALL") and not each.opname.startswith("RETURN")
        if each.opname in ("RESUME", "JUMP_BACKWARD") or called:
            found.add(each.offset)
        if each.opname != "CACHE":
            before = each.opname
    return frozenset(found)


class Interrupts:
    """Counts the moments of some work in this thread, and interrupts one of them.

    Attributes:
        count: how many there were.
        at: which one is to be interrupted; None: none.
        where: where that was.
    """

    def __init__(self, at: int | None = None) -> None:
        """Take which moment, counted from 0."""
        self.count: int = 0
        self.at: int | None = at
        self.where: str = ""

    def run(self, work: Callable[[], Any]) -> Any:
        """Run some work."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return work()
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(_HOME) or name.startswith(_SIMULATION):
            return None
        if frame.f_code.co_name == "__del__":  # Python drops what is raised there
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._look

    def _look(self, frame: FrameType, event: str, argument: Any) -> Any:
        # A generator that is dropped has no line; Python drops what is raised in it.
        if frame.f_lineno is None:
            return self._look
        if event == "opcode" and frame.f_lasti in _moments(frame.f_code):
            self.count += 1
            if self.count - 1 == self.at:
                code = frame.f_code
                line = frame.f_lineno
                self.where = f"{Path(code.co_filename).name}:{line} {code.co_qualname}"
                raise KeyboardInterrupt
        return self._look
