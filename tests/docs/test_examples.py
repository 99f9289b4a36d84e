"""The examples of the documentation run, and print what the pages say they print."""

from __future__ import annotations

import ast
import inspect
import logging
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

import dynawait.errors
import dynawait.events
import dynawait.locks
from dynawait._names import ALL
from dynawait.locks.dialects import DIALECTS
from dynawait.testing import ControlPlane, Durations
from tests.docs.page_examples import DOCS, examples, pages, shows

if TYPE_CHECKING:
    from pathlib import Path

_LINK = re.compile(r"\]\(([^)#:\s]+\.md)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(DOCS)))
def test_every_example_of_a_page_runs(page: Path) -> None:
    """The Python blocks of each page run in order, and print what is shown."""
    level = logging.getLogger("dynawait").level
    try:
        for example in examples().parse(page):
            example.evaluate()
    finally:
        logging.getLogger("dynawait").setLevel(level)


def reference(page: str) -> str:
    """Return the text of a page of the reference."""
    return (DOCS / "reference" / page).read_text("utf-8")


def test_every_public_name_is_in_the_reference() -> None:
    """Whatever dynawait exports is on a page of the reference."""
    text = "\n".join(reference(page.name) for page in (DOCS / "reference").glob("*.md"))
    missing = [name for name in ALL if name not in text]
    assert not missing


def test_every_error_has_a_line_in_the_table() -> None:
    """Also those that only waits, changes or locks raise; the root aside."""
    listed = re.findall(r"^\| `(\w+)`", reference("errors.md"), re.MULTILINE)
    kinds = [kind for _, kind in inspect.getmembers(dynawait.errors, inspect.isclass)]
    own = {kind.__name__ for kind in kinds if kind.__module__ == "dynawait.errors"}
    assert sorted(listed) == sorted(own - {"DynawaitError"})


def test_every_event_has_a_line_in_a_table() -> None:
    """The page about events lists what their module does, and no other."""
    listed = re.findall(r"^\| `(\w+[.]\w+)`", reference("events.md"), re.MULTILINE)
    known = re.findall(r"^``(\w+[.]\w+)`` ", str(dynawait.events.__doc__), re.MULTILINE)
    assert sorted(listed) == sorted(known)


def test_every_name_of_locks_is_documented_in_full() -> None:
    """The page about locks names each, and has its docstring."""
    text = reference("locks.md")
    listed = re.findall(r"`(\w+)`", text.partition("The [tutorial]")[0])
    assert set(dynawait.locks.__all__) <= set(listed)
    shown = re.findall(
        r"^[.][.] auto(?:class|function):: dynawait[.]locks[.](\w+)", text, re.MULTILINE
    )
    assert sorted(shown) == sorted(dynawait.locks.__all__)


def test_every_method_of_a_lock_client_is_at_a_glance() -> None:
    """With those of a lease that are its own as well."""
    glance = reference("locks.md").partition("## At a glance")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", glance, re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    public = [name for name in dir(dynawait.locks.LockClient) if name[0] != "_"]
    assert sorted(listed) == sorted(public)


def test_every_option_of_locks_has_its_default_in_the_table() -> None:
    """The page about locks lists what the client takes, and what its methods share."""
    options = reference("locks.md").partition("## Options")[2].partition("\n(dial")[0]
    of_client, _, shared = options.partition("\nOf `hold`")
    locks: Any = dynawait.locks.LockClient
    assert defaults_in(of_client) == defaults_of(locks)
    assert defaults_in(shared) == defaults_of(locks.acquire)
    for method in (locks.hold, locks.hold_all, locks.semaphore, locks.read):
        assert defaults_in(shared).items() <= defaults_of(method).items()


def defaults_in(text: str) -> dict[str, Any]:
    """Read the defaults in a table of options."""
    rows = re.findall(r"^\| (`.*?`) \| `(.*?)` \|", text, re.MULTILINE)
    return {
        name: ast.literal_eval(default)
        for names, default in rows
        for name in re.findall(r"\w+", names)
    }


def defaults_of(called: Any) -> dict[str, Any]:
    """Return the keyword-only parameters of something, with their defaults."""
    return {
        parameter.name: parameter.default
        for parameter in inspect.signature(called).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def test_every_dialect_has_a_column_in_the_table() -> None:
    """With the names that its rows have for their keys, tokens and expiry."""
    text = reference("locks.md").partition("## Dialects")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    table = {row[0].strip("| "): row[1:] for row in rows[2:]}
    for place, dialect in enumerate(DIALECTS):
        assert dialect.name in rows[0][place]
        assert f"`{dialect.partition_key}` S" in table["partition key"][place]
        assert (dialect.token or "none") in table["fencing token"][place]
        assert (dialect.expiry or "none") in table["time to live"][place]
        assert (dialect.sort_key or "none") in table["sort key"][place]


def test_every_waiter_has_a_line_in_the_table() -> None:
    """The table of waiters lists each function that waits, and no other."""
    text = (DOCS / "reference" / "waiters.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE))
    waits = ("wait_for", "indexes_queryable", "table_writable", "describe")
    assert listed == {name for name in ALL if name.startswith(waits)}


def test_every_modelled_operation_has_a_place_in_the_table() -> None:
    """The page about testing lists the operations that are answered, and no other."""
    text = (DOCS / "reference" / "testing.md").read_text("utf-8")
    table = text.partition("## Operations")[2].partition("\n## ")[0]
    listed = re.findall(r"`(\w+)`", table.partition("| --- |")[2])
    assert sorted(listed) == sorted(ControlPlane.operations)


def test_every_duration_has_its_default_in_the_table() -> None:
    """The page about testing lists all durations, as they are unless they are set."""
    text = (DOCS / "reference" / "testing.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `(\w+)` \| ([\d.,]+) \|$", text, re.MULTILINE))
    assert {name: float(value.replace(",", "")) for name, value in listed.items()} == (
        asdict(Durations())
    )


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A link from page to page names a file that exists."""
    targets = _LINK.findall(page.read_text("utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_an_output_that_differs_is_noticed() -> None:
    """Jitter is forgiven, other words and other durations are not."""
    assert shows("   10.4 s  orders: waiting", "   10.9 s  orders: waiting\n")
    assert shows(
        "    9.4 s  a\n...\n   20.0 s  b", "   10.1 s  a\nx\ny\n   19.8 s  b\n"
    )
    assert not shows("   10.4 s  orders: waiting", "   15.0 s  orders: waiting\n")
    assert not shows("orders: waiting", "orders: ready\n")
