"""What the tests of policies need from elsewhere, or why they are skipped."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from typing import NoReturn

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "terraform"


def missing(what: str) -> NoReturn:
    """Skip a test, but fail it where CI says that nothing is to go untested."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


def module(name: str) -> Any:
    """Import what a test cannot do without."""
    if find_spec(name) is None:
        missing(f"pip install {name}")
    return import_module(name)


def program(name: str) -> str:
    """Return where a program is, beside this Python or on the PATH."""
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(name)
    return found or missing(f"pip install {name}")


def dynawait(folder: Path) -> Path:
    """Write a program that runs dynawait with this Python, installed or not."""
    import dynawait

    script = folder / "dynawait"
    source = Path(dynawait.__file__).parents[1]
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH={source} exec {sys.executable} -m dynawait "$@"\n'
    )
    script.chmod(0o755)
    return script
