"""Locks under simulation: a table in memory, and a world in which all goes wrong."""

from __future__ import annotations
