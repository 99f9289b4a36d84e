"""The page, as it is without a script."""

from __future__ import annotations

import hashlib
import math
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from dynawait.testing import Durations, Faults
from dynawait.testing.page.parts import duration
from tests.simulation.door import Door
from tests.simulation.support import create_index, indexed_table, table

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# Elements that have no end tag.
VOID = {"meta", "link"}


class Reader(HTMLParser):
    """Reads a page: its text, and whether each element is closed."""

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that what ends is what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take the text, unless it is the script's or the style's."""
        if self.open and self.open[-1] not in ("script", "style"):
            self.text += data + " "


def look(door: Door) -> Reader:
    """Open the page and read it."""
    reply = door.ask(headers=BROWSER)
    assert (reply.status, reply.headers["Content-Type"]) == (
        200,
        "text/html; charset=utf-8",
    )
    reader = Reader()
    reader.feed(reply.body.decode())
    reader.close()
    assert reader.open == []
    return reader


def words(door: Door) -> str:
    """Return the page's text with single spaces."""
    return " ".join(look(door).text.split())


def test_tables_indexes_and_phases_are_shown() -> None:
    """The page shows what each table and index is doing, and how long it will."""
    door = Door(seed=7, faults=Faults(stale_describe=0.5, latency=(0.1, 0.25)))
    door.call("CreateTable", **indexed_table(DeletionProtectionEnabled=True))
    door.control("advance", seconds=60)
    door.call("UpdateTable", TableName="orders", **create_index())
    door.control("advance", seconds=10)
    door.call("CreateTable", **table("customers"))
    text = words(door)
    assert "customers CREATING us-east-1 · key pk · on demand · 0 items" in text
    assert "creating 0%, 5.0 s left" in text
    assert "0 items · protected from deletion" in text
    assert "index by-email email ACTIVE" in text
    assert "index by-day day CREATING allocating 25%, 30 s left" in text
    assert "Speed stands still, moved by hand" in text
    assert "Faults stale_describe 0.5, latency 0.1 to 0.25" in text
    assert "Seed 7" in text
    assert "+1 min 10 s CreateTable customers us-east-1 ok" in text


def test_replicas_are_shown() -> None:
    """A replica that is on its way has its own line, with what is under way on it."""
    door = Door()
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    door.call("CreateTable", **table(StreamSpecification=stream))
    door.control("advance", seconds=60)
    update = {"Create": {"RegionName": "eu-west-1"}}
    door.call("UpdateTable", TableName="orders", ReplicaUpdates=[update])
    door.control("advance", seconds=10)
    assert "replica eu-west-1 CREATING changing " in words(door)


def test_an_empty_account_says_how_to_begin() -> None:
    """Without tables the page says where to point an SDK."""
    text = words(Door())
    assert 'boto3.client("dynamodb", endpoint_url="http://127.0.0.1:8000")' in text
    assert "Nobody has called yet." in text


def test_what_never_ends_has_no_number() -> None:
    """A table that stays CREATING has a bar without an end."""
    door = Door(durations=Durations(table_create=math.inf))
    door.call("CreateTable", **table())
    assert "creating no end in sight" in words(door)
    assert "null" in door.ask(path="/_dynawait/state").body.decode()


def test_names_are_text() -> None:
    """What somebody sends as a name is shown, cut short, and never becomes markup."""
    door = Door()
    door.call("DescribeTable", TableName='<script>alert("x")</script>')
    door.call("DescribeTable", TableName="\ud800" + "x" * 5000)
    page = door.ask(headers=BROWSER).body
    assert page.count(b"<script>") == 1
    assert '<script>alert("x")</script>' in look(door).text
    assert len(page) < 12_000


def test_many_tables_are_not_all_drawn() -> None:
    """Of very many tables the page shows the first ones and says how many more."""
    door = Door()
    for number in range(203):
        door.call("CreateTable", **table(f"table-{number:03}"))
        door.control("advance", seconds=10)
    assert "… and 3 more." in words(door)


def test_nothing_comes_from_elsewhere() -> None:
    """Style and script are the page's own, and its policy allows no others."""
    door = Door()
    reply = door.ask(headers=BROWSER)
    policy = reply.headers["Content-Security-Policy"]
    page = reply.body.decode()
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        (inner,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")
    links = [value for name, value in look(door).attributes if name in ("href", "src")]
    assert links == ["data:,"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "*/*"},
        BROWSER | {"Host": "dynamodb.example"},
        BROWSER | {"Origin": "http://example.com"},
    ],
)
def test_others_learn_that_it_is_healthy(headers: dict[str, str]) -> None:
    """Whoever is no browser on this machine gets one line of text, as from AWS."""
    reply = Door().ask(headers=headers)
    assert (reply.status, reply.body) == (200, b"healthy: dynawait")


def test_a_head_request_has_no_body() -> None:
    """HEAD tells the length of what GET would send, and sends nothing."""
    reply = Door().ask("HEAD")
    assert (reply.status, reply.body, reply.headers["Content-Length"]) == (
        200,
        b"",
        "17",
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (59.4, "59 s"),
        (59.97, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
        (3.2e10, "370,370 d 8 h"),
    ],
)
def test_lengths_of_time_are_readable(seconds: float, text: str) -> None:
    """A length of time has at most two units."""
    assert duration(seconds) == text
