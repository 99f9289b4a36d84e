"""The play of ``dynawait demo``: a migration on an embedded server, act by act."""

from __future__ import annotations
