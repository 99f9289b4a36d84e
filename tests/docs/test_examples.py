"""The examples of the documentation run, and print what the pages say they print."""

from __future__ import annotations

import logging
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from dynawait._names import ALL
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


def test_every_public_name_is_in_the_reference() -> None:
    """Whatever dynawait exports is on a page of the reference."""
    reference = "\n".join(
        page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md")
    )
    missing = [name for name in ALL if name not in reference]
    assert not missing


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
