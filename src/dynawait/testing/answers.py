"""What goes back over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, its body, what the body is, and further headers."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


def json_answer(members: Mapping[str, object], *, status: int = 200) -> Answer:
    """Return an answer in plain JSON."""
    return Answer(status, json.dumps(members).encode(), "application/json")


def text_answer(text: str, *, status: int = 200) -> Answer:
    """Return an answer in plain text."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8")
