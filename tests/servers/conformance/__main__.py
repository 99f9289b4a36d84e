"""Measure all servers, print the matrix, and write it into its page.

From the repository's root: ``python -m tests.servers.conformance``.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # The servers' launcher and this package are imported by name, as in the suite.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

    from conformance.command import main

    sys.exit(main())
