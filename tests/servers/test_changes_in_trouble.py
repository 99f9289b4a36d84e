"""Changes whose client, server or neighbour is not what it should be."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import launch
import pytest
from changes import (
    BRISK,
    FIVE,
    PATIENCE,
    TWO_FACES,
    Session,
    attributes,
    in_faces,
    index,
    titles,
)
from faces import FACES
from scenes import Witness, silent_server

from dynawait import (
    ChangeError,
    ChangeTimeoutError,
    CreateIndex,
    OutcomeUnknownError,
    recommended_config,
)
from dynawait.testing import Faults, SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Connect = Callable[..., Any]

CITY = CreateIndex("city", "city", throughput=(5, 5))
HASTY: dict[str, Any] = {"read_timeout": 0.4, "connect_timeout": 0.4}
MODES: dict[str, dict[str, Any]] = {
    "legacy": {"retries": {"mode": "legacy"}},
    "standard": {"retries": {"mode": "standard"}},
    "adaptive": {"retries": {"mode": "adaptive"}},
    "recommended": {
        name: getattr(recommended_config(), name)
        for name in ("retries", "connect_timeout", "read_timeout")
    },
}


@pytest.mark.parametrize("server", ["simulated", "dynamodb_local"])
def test_a_foreign_writer_is_waited_for(
    server: str, boto3_client: Connect, request: pytest.FixtureRequest
) -> None:
    """Who else builds and drops indexes is waited out, and never stopped by us.

    DynamoDB Local loses changes where two race for it: there the other makes but one.
    """
    several = server == "simulated"
    url = request.getfixturevalue(f"{server}_url")

    def meddle(client: Any, table: str, busy: threading.Event) -> None:
        creation = {
            "AttributeDefinitions": attributes("id", "foreign"),
            "GlobalSecondaryIndexUpdates": [
                {"Create": index("foreign", ProvisionedThroughput=FIVE)}
            ],
        }
        deletion = {
            "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "foreign"}}]
        }
        deadline = time.monotonic() + PATIENCE
        refusals = (
            client.exceptions.ResourceInUseException,
            client.exceptions.LimitExceededException,
        )
        for change in (creation, deletion, creation) if several else (creation,):
            while time.monotonic() < deadline:
                try:
                    client.update_table(TableName=table, **change)
                except refusals:
                    time.sleep(0.02)
                else:
                    busy.set()
                    break

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        busy, witness = threading.Event(), Witness()
        thread = threading.Thread(
            target=meddle, args=(boto3_client(url), session.table, busy)
        )
        thread.start()
        assert busy.wait(PATIENCE)
        result = await session.apply(CITY, on_event=witness)
        thread.join(PATIENCE)
        assert titles(result.done) == ["create index city"]
        assert any("foreign" in text for text in witness.texts("step.waiting"))
        # A race for a quiet moment may be lost, which is a refused call.
        lost = len(witness.texts("step.retried"))
        assert session.sent() == ["UpdateTable"] * (1 + lost)
        state = await session.call("wait_for_quiet", session.table)
        assert set(state.indexes) == {"city", "foreign"}

    faces = FACES if several else TWO_FACES
    in_faces(url, scene, faces, together=several)


@pytest.fixture(scope="module")
def faulty() -> Iterator[SimulatedServer]:
    """A server that throttles, fails and loses answers, ten minutes to the second."""
    faults = Faults(throttle=0.05, server_error=0.05, lost_response=0.05)
    with SimulatedServer(speed=600, seed=7, faults=faults) as server:
        yield server


@pytest.mark.parametrize("mode", MODES)
def test_a_client_that_retries_on_its_own_does_no_harm(
    mode: str, faulty: SimulatedServer
) -> None:
    """Whatever botocore's retry mode and the server's faults, it is done, and once."""

    async def scene(session: Session) -> None:
        await session.create()
        result = await session.apply(CITY, CreateIndex("day", "day", throughput=(5, 5)))
        assert set(result.table.indexes) == {"city", "day"}
        assert all(each.is_active for each in result.table.indexes.values())
        session.sent()
        assert not (await session.apply(CITY)).plan
        assert session.sent() == []
        await session.call("safe_delete_table", TableName=session.table)
        # An answer that was lost was a call that was accepted; one that failed may
        # have been accepted too.
        accepted = [
            (call.operation, str(call.parameters.get("GlobalSecondaryIndexUpdates")))
            for call in faulty.calls
            if call.parameters.get("TableName") == session.table
            and not call.operation.startswith("Describe")
            and call.outcome in ("ok", "lost")
        ]
        assert len(accepted) == len(set(accepted))

    in_faces(faulty.url, scene, TWO_FACES, **MODES[mode])


@pytest.fixture
def mortal() -> Iterator[launch.Server]:
    """A server of its own, which a test may stop; ten minutes to the second."""
    with launch.simulated(speed=600) as server:
        yield server


class Switch:
    """Stops a server once all faces are at the same point, and lets it go on so."""

    def __init__(self, server: launch.Server) -> None:
        """Take the server."""
        self._pid = server.pid
        self._off = threading.Barrier(len(FACES), self._stop, PATIENCE)
        self._on = threading.Barrier(len(FACES), self._go_on, PATIENCE)

    def off(self) -> None:
        """Stop the server when all faces are here."""
        self._off.wait()

    def on(self) -> None:
        """Let the server go on when all faces are here."""
        self._on.wait()

    def _stop(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def _go_on(self) -> None:
        os.kill(self._pid, signal.SIGCONT)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("step.started", OutcomeUnknownError), ("step.waiting", ChangeTimeoutError)],
)
def test_a_server_that_stands_still_is_told_of_in_time(
    moment: str, expected: type[ChangeError], mortal: launch.Server
) -> None:
    """Before the answer the outcome is unknown, after it the effect; then it goes on.

    The same request again, once the server answers, has nothing to send, or sends what
    never arrived.
    """
    switch = Switch(mortal)

    async def scene(session: Session) -> None:
        await session.create()
        session.sent()
        stopped: list[float] = []

        def stop(event: Any) -> None:
            sent = moment != "step.waiting" or session.writes
            if event.name == moment and sent and not stopped:
                switch.off()
                stopped.append(time.monotonic())

        with pytest.raises(expected) as caught:
            await session.apply(CITY, timeout=1.5, on_event=stop)
        late = time.monotonic() - stopped[0]
        switch.on()
        assert session.sent() == ["UpdateTable"]
        # The client's own time-out may end a last call after the deadline, and a
        # write gets some time for a last word.
        assert late < 1.5 + 2 * HASTY["read_timeout"] + 1, caught.value
        assert titles([caught.value.failed]) == ["create index city"]
        assert caught.value.left == ()
        assert "run the same request again" in str(caught.value)
        result = await session.apply(CITY)
        assert result.table.indexes["city"].is_active
        assert len(session.sent()) <= (moment == "step.started")

    try:
        in_faces(mortal.url, scene, **HASTY)
    finally:
        os.kill(mortal.pid, signal.SIGCONT)


def test_an_endpoint_at_which_nothing_listens_is_told_of() -> None:
    """The time-out says what failed, and that nothing was seen."""

    async def scene(session: Session) -> None:
        begun = time.monotonic()
        with pytest.raises(ChangeTimeoutError) as caught:
            await session.update(BillingMode="PAY_PER_REQUEST", timeout=0.5)
        assert time.monotonic() - begun < 2
        assert "Could not connect to the endpoint" in str(caught.value)
        assert caught.value.plan is None

    in_faces(f"http://127.0.0.1:{launch._free_port()}", scene)


def test_an_endpoint_that_never_answers_is_told_of() -> None:
    """The deadline holds, or for a blocking client its own read time-out after it."""

    async def scene(session: Session) -> None:
        begun = time.monotonic()
        with pytest.raises(ChangeTimeoutError):
            await session.apply(CITY, timeout=0.5, polling=BRISK)
        assert time.monotonic() - begun < 2

    with silent_server() as url:
        in_faces(url, scene, **HASTY)
