"""A sign of life while one call takes its time."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .progress import HEARTBEAT
from .spans import spell

if TYPE_CHECKING:
    from collections.abc import Generator

    from .output import Output


@contextmanager
def meanwhile(output: Output, text: str) -> Generator[None]:
    """Tell what is waited for: by a spinner on a terminal, else every ten seconds."""
    if output.is_live:
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status(escape(text)):
            yield
        return
    output.tell(text)
    over = threading.Event()
    thread = threading.Thread(target=_remind, args=(output, text, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _remind(output: Output, text: str, over: threading.Event) -> None:
    started = time.monotonic()
    while not over.wait(HEARTBEAT):
        output.tell(f"{text} ({spell(time.monotonic() - started)})")
