"""The control endpoint, called in process."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dynawait.testing import Faults
from tests.simulation.door import HOST, Door
from tests.simulation.support import create_index, indexed_table, table


def test_the_time_is_moved_on() -> None:
    """A table that takes 5 s is ACTIVE once the time was moved on by 5 s."""
    door = Door()
    door.call("CreateTable", **table())
    assert door.state()["tables"][0]["status"] == "CREATING"
    reply = door.control("advance", seconds=5)
    assert (reply.status, reply.json["time"]) == (200, 5)
    assert door.state()["tables"][0]["status"] == "ACTIVE"


def test_the_state_tells_tables_phases_and_calls() -> None:
    """It tells what is under way on each table and index, and how long it will be."""
    door = Door(seed=7)
    door.call("CreateTable", **indexed_table())
    door.control("advance", seconds=60)
    door.call("UpdateTable", TableName="orders", **create_index())
    door.control("advance", seconds=10)
    door.call("DescribeTable", TableName="nothing", region="eu-west-1")
    state = door.state()
    assert (state["time"], state["speed"], state["seed"]) == (70, 0, 7)
    (shown,) = state["tables"]
    assert (shown["name"], shown["region"], shown["keys"], shown["status"]) == (
        "orders",
        "us-east-1",
        "pk",
        "UPDATING",
    )
    idle, building = shown["parts"]
    assert (idle["name"], idle["status"], idle["phases"]) == ("by-email", "ACTIVE", [])
    assert (building["kind"], building["status"]) == ("index", "CREATING")
    assert building["phases"] == [
        {"name": "allocating", "fraction": 0.25, "remaining": 30.0}
    ]
    assert state["calls_made"] == 3
    latest = state["calls"][0]
    assert latest["outcome"] == "ResourceNotFoundException"
    assert (latest["table"], latest["region"]) == ("nothing", "eu-west-1")
    assert not latest["went_well"]


def test_faults_are_replaced() -> None:
    """The faults that are sent hold from then on, and no others."""
    door = Door(faults=Faults(server_error=1))
    assert door.call("ListTables").error.startswith("InternalServerError")
    told = door.control("faults", throttle=1, latency=[0.1, 0.2]).json["faults"]
    assert told == {"throttle": 1, "latency": [0.1, 0.2]}
    assert door.call("ListTables").error == "ThrottlingException: Rate exceeded"
    assert door.control("faults").json["faults"] == {}
    assert door.call("ListTables").status == 200


def test_a_reset_starts_anew() -> None:
    """Tables and calls are gone, seed and faults are the first ones, time goes on."""
    door = Door(seed=7, faults=Faults(stale_describe=0.5))
    door.call("CreateTable", **table())
    door.control("speed", speed=2)
    door.control("faults")
    assert door.control("reset", seed=8).json["seed"] == 8
    assert door.control("advance", seconds=3).json["speed"] == 0
    door.control("reset")
    state = door.state()
    assert (state["tables"], state["calls"], state["calls_made"]) == ([], [], 0)
    assert (state["seed"], state["faults"]) == (7, {"stale_describe": 0.5})
    assert state["time"] >= 3


@pytest.mark.parametrize(
    ("name", "body", "problem"),
    [
        ("advance", b"{}", "seconds: None is not a number"),
        ("advance", b'{"seconds": "60"}', "seconds: '60' is not a number"),
        ("advance", b'{"seconds": true}', "seconds: True is not a number"),
        ("advance", b'{"seconds": -1}', "time does not go back"),
        ("advance", b'{"seconds": NaN}', "the body is not JSON"),
        ("advance", b'{"seconds": 1e999}', "is not between"),
        ("advance", b'{"seconds": 1' + b"0" * 400 + b"}", "the number is too large"),
        ("advance", b'{"minutes": 1}', "'minutes' is unknown here; it takes seconds"),
        ("advance", b"[]", "the body is not a JSON object"),
        ("advance", b"\xff", "the body is not JSON"),
        ("speed", b'{"speed": -1}', "speed: -1.0 is not a number between"),
        ("faults", b'{"throttle": 2}', "throttle: 2.0 is not a probability"),
        ("faults", b'{"throttle": [0, 1]}', "throttle: [0, 1] is not a number"),
        ("faults", b'{"latency": [2, 1]}', "latency: (2.0, 1.0) is not a number"),
        ("faults", b'{"bad_luck": 1}', "'bad_luck' is no fault; there are throttle,"),
        ("reset", b'{"seed": "x"}', "seed: 'x' is not a whole number"),
    ],
)
def test_nonsense_is_refused(name: str, body: bytes, problem: str) -> None:
    """A body that means nothing changes nothing, and the answer says why."""
    door = Door()
    before = door.state()
    reply = door.ask("POST", f"/_dynawait/{name}", body)
    assert reply.status == 400
    assert problem in reply.json["error"]
    assert door.state() == before


def test_only_what_there_is_can_be_asked() -> None:
    """Other paths are not found, other methods not allowed."""
    door = Door()
    assert door.ask("GET", "/_dynawait/nothing").status == 404
    assert door.ask("GET", "/_dynawait/advance").status == 405
    assert door.ask("POST", "/_dynawait/state").status == 405
    head = door.ask("HEAD", "/_dynawait/state")
    assert (head.status, head.body) == (200, b"")


OURS: list[dict[str, str]] = [
    {},
    {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"},
    {"Host": "localhost:8000", "Origin": "http://localhost:8000"},
    {"Host": "LOCALHOST", "Sec-Fetch-Site": "none"},
    {"Host": "[::1]:8000"},
]
STRANGERS: list[dict[str, str]] = [
    {"Host": "dynamodb.example:8000"},
    {"Host": "127.0.0.1.example"},
    {"Host": "localhost.example:8000"},
    {"Host": ""},
    {"Origin": "http://example.com"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", OURS)
def test_loopback_is_answered(headers: dict[str, str]) -> None:
    """Programs on this machine, and the page itself, drive the server."""
    reply = Door().ask("POST", "/_dynawait/advance", b'{"seconds": 1}', headers)
    assert reply.status == 200


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize("path", ["advance", "state", "nothing"])
def test_strangers_are_refused(headers: dict[str, str], path: str) -> None:
    """A request that another website's page made, or to another name, is refused."""
    door = Door()
    for method in ("POST", "GET"):
        reply = door.ask(method, f"/_dynawait/{path}", b'{"seconds": 1}', headers)
        assert (reply.status, "time" in reply.json) == (403, False)
    assert door.state()["time"] == 0


def test_regions_are_apart() -> None:
    """The Region of the credential's scope has tables of its own, and its own ARNs."""
    door = Door()
    door.call("CreateTable", region="eu-west-1", **table())
    door.call("CreateTable", region="us-gov-west-1", **table("invoices"))
    door.call("CreateTable", **table("customers"))

    def names(region: str) -> Any:
        return door.call("ListTables", region=region).json["TableNames"]

    assert names("eu-west-1") == ["orders"]
    assert names("us-gov-west-1") == ["invoices"]
    assert names("") == names("us-east-1") == names("nowhere") == ["customers"]
    described = door.call("DescribeTable", region="eu-west-1", TableName="orders").json
    assert ":eu-west-1:" in described["Table"]["TableArn"]
    assert set(door.backend.tables()) == {"orders", "invoices", "customers"}


def test_the_number_of_regions_is_bounded() -> None:
    """Whoever invents Regions without end gets them answered by us-east-1."""
    door = Door()
    door.call("CreateTable", **table())
    for number in range(100):
        door.call("ListTables", region=f"xx-{chr(97 + number % 26) * 3}-{number}")
    assert len(door.backend.service.planes) == 64
    reply = door.call("ListTables", region="zz-other-1")
    assert reply.json["TableNames"] == ["orders"]


def test_many_calls_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many calls the latest are kept."""
    monkeypatch.setattr("dynawait.testing.backend._KEPT_CALLS", 10)
    door = Door()
    for number in range(50):
        door.call("DescribeTable", TableName=f"table-{number}")
    calls = door.backend.service.calls
    assert 10 <= len(calls) <= 21
    assert calls[-1].parameters == {"TableName": "table-49"}


def test_the_state_is_plain_json() -> None:
    """Half a character that somebody sent as a name does no harm."""
    door = Door()
    door.call("DescribeTable", TableName="\ud800<b>")
    text = door.ask("GET", "/_dynawait/state").body
    assert json.loads(text)["calls"][0]["table"] == "\ud800<b>"
