"""Fixtures for pytest: a simulated DynamoDB, or a server, that is new in each test.

They are there once the root ``conftest.py`` says so::

    pytest_plugins = ["dynawait.testing.fixtures"]

`simulated_dynamodb` is a `SimulatedDynamoDB`, `dynamodb_server` a `SimulatedServer` on
loopback whose seconds fly. What they are made with can be named by a mark::

    @pytest.mark.dynawait(durations=Durations(table_create=60), faults=Faults(...))
    def test_migration(simulated_dynamodb):
        migrate(simulated_dynamodb.client())

Their seed follows from the test's name, so a test meets the same faults in every run;
``--dynawait-seed`` sets another one. When a test fails, the report tells the seed and
the calls that were made.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from .clients import SimulatedDynamoDB
from .server import SimulatedServer
from .view import calls_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# Fast enough for a backfill to last a second, slow enough for its phases to be seen.
_SPEED = 600.0
_TOLD_CALLS = 200


class _Told(NamedTuple):
    """What the report of a failed test tells."""

    title: str
    seed: int
    simulated: SimulatedDynamoDB | SimulatedServer

    def __str__(self) -> str:
        calls = calls_of(self.simulated.calls)
        lines = [f"seed {self.seed}: run it again with --dynawait-seed={self.seed}"]
        if len(calls) > _TOLD_CALLS:
            lines.append(f"... {len(calls) - _TOLD_CALLS} calls before these")
        lines += [
            f"{call.time:12.3f}  {call.operation} {call.table}: {call.outcome}"
            for call in calls[-_TOLD_CALLS:]
        ]
        return "\n".join(lines if calls else [*lines, "no calls were made"])


_TOLD = pytest.StashKey[list[_Told]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option for the seed."""
    parser.getgroup("dynawait").addoption(
        "--dynawait-seed",
        type=int,
        default=None,
        help="seed of simulated_dynamodb and dynamodb_server; default: from the test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers",
        "dynawait(durations=, faults=, limits=): what simulated_dynamodb and "
        "dynamodb_server are made with",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the seed and the calls in the report of a test that failed."""
    report = yield
    if report.failed:
        told = item.stash.get(_TOLD, ())
        report.sections += [(each.title, str(each)) for each in told]
    return report


@pytest.fixture
def simulated_dynamodb(request: pytest.FixtureRequest) -> SimulatedDynamoDB:
    """Give a simulated DynamoDB without tables, in virtual time."""
    seed = _seed(request)
    made = SimulatedDynamoDB(seed=seed, **_options(request))
    _tell(request, _Told("simulated DynamoDB", seed, made))
    return made


@pytest.fixture
def dynamodb_server(request: pytest.FixtureRequest) -> Iterator[SimulatedServer]:
    """Give a running server without tables, with 600 of its seconds in a real one."""
    seed = _seed(request)
    with SimulatedServer(seed=seed, speed=_SPEED, **_options(request)) as server:
        _tell(request, _Told("simulated DynamoDB server", seed, server))
        yield server


def _seed(request: pytest.FixtureRequest) -> int:
    # The option is unknown where a test module is what names this plugin.
    given: int | None = request.config.getoption("--dynawait-seed", default=None)
    return zlib.crc32(request.node.nodeid.encode()) if given is None else given


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    mark: pytest.Mark | None = request.node.get_closest_marker("dynawait")
    return dict(mark.kwargs) if mark else {}


def _tell(request: pytest.FixtureRequest, told: _Told) -> None:
    request.node.stash.setdefault(_TOLD, []).append(told)
