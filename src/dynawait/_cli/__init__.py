"""The command line, in the extra ``cli``: a thin face over `dynawait.sync`.

What was asked for goes to standard output, what is told on the way to standard error.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import NoReturn

_NEEDS = {"click": "click", "rich": "rich", "yaml": "pyyaml"}


def main() -> NoReturn:
    """Run the command line, or say what it needs to be installed."""
    missing = [name for name in _NEEDS if find_spec(name) is None]
    if missing:
        names = ", ".join(_NEEDS[name] for name in missing)
        sys.exit(
            f"dynawait: the command line needs {names}. Install it with\n\n"
            "    pip install 'dynawait[cli]'\n"
        )
    from .run import run

    sys.exit(run(sys.argv[1:]))
