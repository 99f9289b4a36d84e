"""The page that shows a simulated account to people."""

from __future__ import annotations

from .render import HEADERS as HEADERS
from .render import render as render

__all__ = ["HEADERS", "render"]
