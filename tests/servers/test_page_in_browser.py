"""The simulated server's page, in a real browser."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import browser
import pytest
from launch import MissingToolError

from dynawait.testing import SimulatedServer
from dynawait.testing.backend import Backend
from tests.simulation.support import create_index, indexed_table, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from dynawait.testing.view import StateView


@pytest.fixture(scope="module", autouse=True)
def chromium() -> None:
    """Skip where there is no browser."""
    try:
        browser.find()
    except MissingToolError as error:
        pytest.skip(str(error))


@pytest.fixture
def server(boto3_client: Callable[..., Any]) -> Iterator[SimulatedServer]:
    """A server with a table that backfills, one that is CREATING and a refused call."""
    with SimulatedServer(speed=0) as started:
        client = boto3_client(started.url)
        client.create_table(**indexed_table())
        started.advance(60)
        client.update_table(TableName="orders", **create_index())
        started.advance(170)
        client.create_table(**table("customers"))
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.describe_table(TableName="nothing")
        yield started


def test_the_page_is_drawn(server: SimulatedServer) -> None:
    """The browser shows tables, indexes, phases and calls, and offers the buttons."""
    document = browser.document_after(server.url, 1)
    for text in ("orders", "customers", "by-email", "by-day", "backfilling"):
        assert f">{text}<" in document
    assert "25%, 6 min 30 s left" in document
    assert ">ResourceNotFoundException<" in document
    # The script has run: it is what uncovers the buttons.
    assert '<nav id="controls" aria-label="Time">' in document
    assert ">+10 min</button>" in document


def test_the_page_refreshes_itself(
    server: SimulatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page that was opened follows the time without being loaded again.

    Every look at the state moves the time on by a second, so the table that takes 5 s
    is CREATING at the first look, and ACTIVE only at later ones.
    """
    backend = server._backend
    seen: list[str] = []

    def look() -> StateView:
        server.advance(1)
        state = Backend.state(backend)
        seen.append(state.tables[0].status)
        return state

    monkeypatch.setattr(backend, "state", look)
    document = browser.document_after(server.url, 10)
    assert (seen[0], seen[-1]) == ("CREATING", "ACTIVE")
    (card,) = (
        part for part in document.split("<article") if 'data-table="customers"' in part
    )
    assert ">ACTIVE<" in card
    assert "creating" not in card


def test_the_page_says_when_the_server_is_gone(
    server: SimulatedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server does not answer any more, the page says so."""
    backend = server._backend
    looks = 0

    def look() -> StateView:
        nonlocal looks
        looks += 1
        if looks > 1:
            message = "gone"
            raise OSError(message)
        return Backend.state(backend)

    # The application answers with 500; what the page must notice is a broken answer.
    monkeypatch.setattr(backend, "state", look)
    document = browser.document_after(server.url, 5)
    assert looks > 1
    assert '<p id="silence" role="status">' in document
    assert ">customers<" in document


@pytest.mark.parametrize(
    ("size", "dark"), [((1100, 900), False), ((1100, 900), True), ((480, 900), False)]
)
def test_the_page_can_be_looked_at(
    server: SimulatedServer, tmp_path: Path, size: tuple[int, int], *, dark: bool
) -> None:
    """It is drawn light or dark, wide or narrow, and is not one empty colour."""
    picture = tmp_path / "page.png"
    browser.screenshot(server.url, picture, size=size, dark=dark)
    content = picture.read_bytes()
    assert struct.unpack(">II", content[16:24]) == size
    shades = set(_pixels(content))
    assert len(shades) > 50
    # The paper, in the upper left corner, is light or dark.
    assert (_pixels(content)[1] < 128) == dark


def _pixels(png: bytes) -> bytes:
    """Return the filtered scan lines of a PNG file, with no more decoding."""
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    return zlib.decompress(data)
