"""Locks kept in a DynamoDB table, by clients that know what they do not know."""

from __future__ import annotations

__all__: list[str] = []
