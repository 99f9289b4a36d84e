"""The data plane: items, and what a table's lifecycle lets through to them.

The lifecycle is this package's own; moto reads expressions and holds the items, in
process and without its mocks. It is imported when the first item is asked for.
"""

from __future__ import annotations
