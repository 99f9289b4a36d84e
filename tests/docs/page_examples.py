"""How the examples of a page are run, and their output checked.

A block marked ``python`` is executed; it may await at the top level. A block marked
``text`` is what the Python block before it has printed: ``...`` stands for anything,
and seconds and polls may differ a little, since waits are jittered. The blocks of one
page share a namespace. A page that links to `SETUP` begins with the block that stands
there. For blocks marked ``console`` and ``yaml`` see `tests.docs.shell_examples`.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sybil import Sybil
from sybil.evaluators.python import pad
from sybil.parsers.myst import CodeBlockParser

from tests.docs.shell_examples import Shell, steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sybil import Example

DOCS = Path(__file__).parents[2] / "docs"
SETUP = "how-the-examples-begin"
_SETUP_PAGE = DOCS / "how-to" / "index.md"
_SETUP_BLOCK = re.compile(
    r"^## How the examples begin\n.*?^```python\n(.*?)^```", re.MULTILINE | re.DOTALL
)
_PRINTED = "__printed__"
_SHELL = "__shell__"
_JITTERED = re.compile(r"(\d+(?:\.\d+)?)(?= s\b| polls?\b)")


def pages() -> list[Path]:
    """Return every page that has an example."""
    return [
        page
        for page in sorted(DOCS.rglob("*.md"))
        if re.search(r"^```(python|console)$", page.read_text("utf-8"), re.MULTILINE)
    ]


def examples() -> Sybil:
    """Return what finds and runs the examples of a page."""
    parsers = [
        CodeBlockParser("python", run),
        CodeBlockParser("text", check_output),
        CodeBlockParser("console", type_in),
        CodeBlockParser("yaml", keep_file),
    ]
    return Sybil(parsers=parsers, patterns=["*.md"], path=str(DOCS))


def run(example: Example) -> None:
    """Run one Python block, after the common setup where the page links to it."""
    names = example.namespace
    document = example.document
    if not names and SETUP in document.text and Path(document.path) != _SETUP_PAGE:
        names.update(_setup())
    source = pad(example.parsed, example.line + example.parsed.line_offset)
    names[_PRINTED] = execute(source, str(example.path), names)


def check_output(example: Example) -> str | None:
    """Compare a text block with what the Python block before it has printed."""
    printed = example.namespace.get(_PRINTED, "")
    if shows(example.parsed, printed):
        return None
    return f"the page shows\n{example.parsed}\nbut the example printed\n{printed}"


def type_in(example: Example) -> str | None:
    """Run the commands of a block, and compare what they print with what it shows."""
    shell = _shell(example)
    for line, expected in steps(example.parsed):
        printed = shell.run(line)
        if not shows(expected, printed):
            return f"$ {line}\nthe page shows\n{expected}\nbut it printed\n{printed}"
    return None


def keep_file(example: Example) -> None:
    """Write the file that a block shows, for the commands of the page."""
    _shell(example).keep(example.parsed)


def _shell(example: Example) -> Shell:
    shell: Shell = example.namespace.setdefault(_SHELL, Shell())
    return shell


def shows(expected: str, printed: str) -> bool:
    """Tell whether a page shows what was printed, jitter and ellipses aside."""
    expected = expected.rstrip()
    pattern, last = [], 0
    for number in _JITTERED.finditer(expected):
        pattern += [_literally(expected[last : number.start()]), r"\s*(\d+(?:\.\d+)?)"]
        last = number.end()
    pattern.append(_literally(expected[last:]))
    found = re.fullmatch("".join(pattern), printed.rstrip(), re.DOTALL)
    return found is not None and all(
        abs(float(shown) - float(real)) <= 2 + float(shown) / 10
        for shown, real in zip(_JITTERED.findall(expected), found.groups(), strict=True)
    )


def _literally(text: str) -> str:
    parts = [re.escape(part) for part in text.split("...")]
    return re.sub(r"(\\ )+$", "", ".*".join(parts))


def execute(source: str, path: str, names: dict[str, Any]) -> str:
    """Run some code, which may await at its top level, and return what it prints."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(source, path, "exec", flags=flags, dont_inherit=True)
    printed = StringIO()
    with redirect_stdout(printed):
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(_awaited(code, names))
        else:
            exec(code, names)  # noqa: S102 - running examples is the purpose
    names.pop("__builtins__", None)
    return printed.getvalue()


async def _awaited(code: Any, names: dict[str, Any]) -> None:
    block: Callable[..., Any] = eval
    await block(code, names)


def _setup() -> dict[str, Any]:
    block = _SETUP_BLOCK.search(_SETUP_PAGE.read_text("utf-8"))
    if block is None:
        raise LookupError(f"{_SETUP_PAGE} has no block under '{SETUP}'")
    names: dict[str, Any] = {}
    execute(block.group(1), str(_SETUP_PAGE), names)
    return names
