"""Write the page, from what there is to be seen.

It is whole without a script; the script only fetches it anew every second and offers
buttons for the time. Nothing on it comes from elsewhere, and its policy forbids it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from .parts import facts, recent_calls, tables

if TYPE_CHECKING:
    from ..view import StateView

_PACKAGE = __name__.rpartition(".")[0]
_STYLE = (files(_PACKAGE) / "page.css").read_text("utf-8")
_SCRIPT = (files(_PACKAGE) / "page.js").read_text("utf-8")
# What a button says, the command that it sends, and with what.
_BUTTONS = (
    ("+1 min", "advance", '{"seconds": 60}'),
    ("+10 min", "advance", '{"seconds": 600}'),
    ("+1 h", "advance", '{"seconds": 3600}'),
    ("Pause", "speed", '{"speed": 0}'),
    ("1&times;", "speed", '{"speed": 1}'),
    ("60&times;", "speed", '{"speed": 60}'),
)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"


_POLICY = (
    f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)


def render(state: StateView, *, url: str) -> bytes:
    """Return the page.

    Args:
        state: what it shows.
        url: the server's own address.
    """
    buttons = "".join(
        f'<button data-command="{command}" data-body="{escape(body)}">{text}</button>'
        for text, command, body in _BUTTONS
    )
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dynawait: simulated DynamoDB</title>
<link rel="icon" href="data:,">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>{_STYLE}</style>
</head>
<body>
<header>
<h1>Simulated DynamoDB</h1>
<nav id="controls" aria-label="Time" hidden>{buttons}</nav>
</header>
{facts(state, url)}
<p id="silence" role="status" hidden>The server does not answer.</p>
<main>
<h2>Tables</h2>
{tables(state.tables, url)}
<h2>Recent calls</h2>
{recent_calls(state)}
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""
    # A name that somebody sent may hold half a character.
    return page.encode("utf-8", "replace")
