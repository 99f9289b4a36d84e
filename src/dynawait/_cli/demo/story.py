"""What the demo tells: sentences for people, records for machines."""

from __future__ import annotations

import io
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

if TYPE_CHECKING:
    from ..output import Output

_WIDTH = 80
_INDENT = 3


class Story:
    """Tells what happens, and keeps what turned out not to be so.

    Attributes:
        failed: the sentences that did not hold.
        checks: how many sentences were checked.
    """

    def __init__(self, output: Output) -> None:
        """Take where it is told."""
        self._output = output
        self.acts = 0
        self.checks = 0
        self.failed: list[str] = []

    def title(self, text: str) -> None:
        """Give the story its title."""
        self._people(Text(text, style="bold"), indent=0)

    def act(self, title: str) -> None:
        """Begin an act."""
        self.acts += 1
        self._output.record("act", number=self.acts, title=title)
        heading = Text.assemble((f"\n{self.acts}  ", "cyan"), (title, "bold cyan"))
        self._people(heading, indent=0)

    def say(self, text: str) -> None:
        """Say a paragraph; words between backquotes are names in code."""
        self._output.record("said", text=text)
        told = Text()
        for place, part in enumerate(text.split("`")):
            told.append(part, style="bold" if place % 2 else "")
        self._people(told)

    def show(self, text: str, style: str = "dim") -> None:
        """Show lines as they are: a plan, a command, the words of an error."""
        self._output.record("shown", text=text)
        self._people(Text(text, style=style), indent=_INDENT + 2)

    def check(self, claim: str, holds: object) -> None:
        """Tell whether something has really happened."""
        self.checks += 1
        if not holds:
            self.failed.append(claim)
        self._output.record("check", claim=claim, holds=bool(holds))
        word = ("ok    ", "green") if holds else ("FAILED", "bold red")
        line = Text.assemble(word, " ", claim)
        if not self._output.json:
            self._output.show(self._drawn(line, _INDENT, hanging=7), drawn=True)

    def _people(self, text: Text, indent: int = _INDENT) -> None:
        if not (self._output.quiet or self._output.json):
            self._output.show(self._drawn(text, indent), drawn=True)

    def _drawn(self, text: Text, indent: int, hanging: int = 0) -> str:
        """Return a text as it is printed, in lines that fit."""
        colour = self._output.has_colour
        width = min(_WIDTH, get_terminal_size((_WIDTH, 24)).columns)
        options: dict[str, Any] = {
            "file": io.StringIO(),
            "width": max(width - 1, 2 * _INDENT + 20),
            "highlight": False,
        }
        if colour:
            options |= {"force_terminal": True, "color_system": "standard"}
        else:
            options |= {"force_terminal": False, "color_system": None}
        console = Console(**options)
        if hanging:
            room = console.width - indent
            first, *others = text.wrap(console, room - hanging)
            text = Text("\n").join([first, *(_moved(line, hanging) for line in others)])
        console.print(Padding(text, (0, 0, 0, indent)))
        drawn: str = options["file"].getvalue()
        return "\n".join(line.rstrip() for line in drawn.rstrip("\n").splitlines())


def _moved(line: Text, by: int) -> Text:
    return Text.assemble(" " * by, line)
