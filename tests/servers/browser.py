"""Open a page in a real browser, without a screen.

Debian's chromium, or any browser of its family that is on PATH. Each look starts the
browser with a profile of its own, waits until it has ended, and leaves nothing behind.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

from launch import MissingToolError

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_SECONDS = 90
_OPTIONS = (
    "--headless",
    # Whoever runs the tests as root, as in a container, has no sandbox for it.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def find() -> str:
    """Return the path of a browser.

    Raises:
        MissingToolError: there is none.
    """
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    message = "no chromium on PATH; on Debian: apt-get install chromium"
    raise MissingToolError(message)


def document_after(url: str, seconds: float) -> str:
    """Return the page's document as it is after some seconds of its scripts.

    The browser's own time is virtual: it passes at once while no request is under way.
    """
    budget = f"--virtual-time-budget={seconds * 1000:.0f}"
    return _run("--dump-dom", budget, url)


def screenshot(
    url: str, to: Path, *, size: tuple[int, int], dark: bool = False
) -> None:
    """Draw the page into a PNG file."""
    options = [f"--screenshot={to}", f"--window-size={size[0]},{size[1]}"]
    if dark:
        options.append("--blink-settings=preferredColorScheme=0")
    _run(*options, url)


def _run(*options: str) -> str:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [find(), *_OPTIONS, f"--user-data-dir={profile}", *options],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    return done.stdout
