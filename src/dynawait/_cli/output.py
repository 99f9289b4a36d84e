"""Where the command line writes: results for whoever asked, news for whoever watches.

Results go to standard output, as text or, with ``--json``, as one object a line after a
first line with the version of the schema. News and errors for people go to standard
error. A reader that goes away (``| head``, a terminal that was closed) never ends a
change that is under way.
"""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "1.0"
_DUMB = ("dumb", "unknown")  # terminals on which nothing can be drawn over
# Control characters but for tab and newline, and what turns the direction of writing.
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FULL = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT})


class Output:
    """The two streams of a run.

    Attributes:
        json: whether results are JSON.
        quiet: whether there is no news.
        gone: whether the reader of the results has gone away.
        lost: why results were lost that somebody wants; None: none were.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False) -> None:
        """Say in which manner to write."""
        self.json = json
        self.quiet = quiet
        self.gone = False
        self.lost: str | None = None
        self._begun = False
        self._lent = False

    def lend(self) -> None:
        """Leave standard output to a command: results go where the news go."""
        self._lent = True

    @property
    def is_live(self) -> bool:
        """Whether a person watches: news may be drawn over and over."""
        if self.quiet or self.json or os.environ.get("TERM") in _DUMB:
            return False
        return _is_terminal(sys.stderr)

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to be asked."""
        return not self.json and _is_terminal(sys.stdin) and _is_terminal(sys.stderr)

    @property
    def is_terminal(self) -> bool:
        """Whether results are read by a person, on a terminal."""
        return not self.json and _is_terminal(sys.stdout)

    @property
    def has_colour(self) -> bool:
        """Whether colours may be used on standard output."""
        return _is_terminal(sys.stdout) and not os.environ.get("NO_COLOR")

    def show(self, text: str, *, drawn: bool = False) -> None:
        """Print a result for people; with ``--json`` say it by `record`.

        Args:
            text: what to print.
            drawn: whether its control characters are our own.
        """
        if not self.json:
            self._write(text if drawn else legible(text))

    def record(self, kind: str, /, **facts: Any) -> None:
        """Print an object for machines; without ``--json`` say it by `show`."""
        self.begin()
        if self.json:
            self._write(_line({"type": kind, **facts}))

    def begin(self) -> None:
        """Print the version of the schema, also where no object will follow."""
        if self.json and not self._begun:
            self._begun = True
            self._write(_line({"type": "version", "schema": SCHEMA}))

    def write(self, text: str) -> None:
        """Print a result that is the same for people and machines."""
        self._write(legible(text))

    def tell(self, text: str) -> None:
        """Tell people some news."""
        if not (self.quiet or self.json):
            _put(sys.stderr, legible(text))

    def complain(self, text: str) -> None:
        """Tell people what went wrong; also when the run is quiet."""
        _put(sys.stderr, legible(text))

    def _write(self, text: str) -> None:
        stream = sys.stderr if self._lent else sys.stdout
        if self.gone:
            return
        error = _put(stream, text)
        self.gone = error is not None
        if isinstance(error, OSError) and error.errno in _FULL:
            self.lost = error.strerror or str(error)


def legible(text: str) -> str:
    """Spell out what would steer a terminal: names and rows are written by others."""
    return _STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def one_line(text: str) -> str:
    """Keep what others have written on the line where it is shown."""
    return text.replace("\n", "\\n")


def silence(stream: TextIO) -> None:
    """Let what is still in a stream's buffer go nowhere when the interpreter ends."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
    except (OSError, ValueError):  # it has no file
        return


def _put(stream: TextIO | None, text: str) -> Exception | None:
    """Write a line at once, and return why nobody can have read it."""
    if stream is None:
        return ValueError("it is closed")
    try:
        try:
            stream.write(f"{text}\n")
        except UnicodeEncodeError:
            encoding = stream.encoding
            stream.write(
                f"{text}\n".encode(encoding, "backslashreplace").decode(encoding)
            )
        stream.flush()
    except (OSError, ValueError) as error:  # a broken pipe, a terminal that was closed
        silence(stream)
        return error
    return None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed
        return False


def _line(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """Return what JSON can hold of a value."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        from base64 import b64encode

        return b64encode(value).decode()
    return str(value)
