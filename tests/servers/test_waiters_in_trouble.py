"""Waiters whose table, client or server is not what it should be."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import launch
import pytest
from faces import ASYNC_FACES, BLOCKING, FACES, Face, every_face
from scenes import PATIENCE, Witness, create, meanwhile, silent_server

from dynawait import ImpossibleError, Polling, ServiceError, WaitTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Any]

BRISK = Polling(floor=0.05, grace=0.3)
SOON = 5.0
"""After how many seconds at most a busy machine is done; nobody answers for longer."""
MODES = ("legacy", "standard", "adaptive")


@pytest.fixture
def nowhere() -> str:
    """Give an endpoint at which nothing listens."""
    return f"http://127.0.0.1:{launch._free_port()}"


@every_face
def test_a_missing_table_can_end_the_wait(
    face: Face, moto_url: str, table_name: str
) -> None:
    """With ``missing="fail"`` a table that does not exist ends it after the grace."""
    begun = time.monotonic()
    with pytest.raises(ImpossibleError) as caught:
        face.wait(
            moto_url,
            "wait_for_table_active",
            table_name,
            timeout=20,
            polling=BRISK,
            missing="fail",
        )
    elapsed = time.monotonic() - begun
    assert 0.3 <= elapsed < SOON
    assert caught.value.reasons == (f"table {table_name} does not exist",)
    assert caught.value.table == table_name
    assert 0.3 <= caught.value.elapsed <= elapsed
    assert caught.value.polls >= 2


@every_face
def test_a_misspelt_name_is_noticed_and_the_deadline_holds(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """An index that never comes is warned of, and the error says what was awaited."""
    create(boto3_client(moto_url), table_name)
    witness = Witness()
    begun = time.monotonic()
    with pytest.raises(WaitTimeoutError) as caught:
        face.wait(
            moto_url,
            "wait_for_indexes_active",
            table_name,
            ["emial"],
            timeout=0.7,
            polling=BRISK,
            on_event=witness,
        )
    assert 0.7 <= time.monotonic() - begun < SOON
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.pending == ("index emial does not exist",)
    assert caught.value.state.status == "ACTIVE"  # type: ignore[union-attr]
    assert re.fullmatch(
        rf"{table_name}: timed out after 0\.\d s \(timeout=0\.7\) waiting for "
        rf"indexes_active\('emial'\); last seen in {caught.value.polls} polls: "
        r"index emial does not exist",
        str(caught.value),
    )
    assert len(witness.texts("wait.missing")) == 1
    assert "is the name right?" in witness.texts("wait.missing")[0]


@every_face
def test_a_wrong_endpoint_is_a_trouble_that_may_pass(face: Face, nowhere: str) -> None:
    """Where nothing listens, calls are tried again, and the error says what failed."""
    witness = Witness()
    begun = time.monotonic()
    with pytest.raises(WaitTimeoutError) as caught:
        face.wait(
            nowhere, "wait_for_table_active", "orders", timeout=1.5, on_event=witness
        )
    assert time.monotonic() - begun < SOON
    assert caught.value.__cause__ is not None
    assert "nothing was seen; the last call failed: " in str(caught.value)
    assert f'Could not connect to the endpoint URL: "{nowhere}/"' in str(caught.value)
    assert witness.texts("wait.retried")
    assert len(witness.texts("wait.retried")) == caught.value.polls


@pytest.mark.parametrize("face", ASYNC_FACES, ids=str)
def test_the_deadline_abandons_a_call_in_flight(face: Face) -> None:
    """A server that never answers cannot keep an awaited wait beyond its deadline."""
    begun = time.monotonic()
    with (
        silent_server() as url,
        pytest.raises(WaitTimeoutError, match="nothing was seen"),
    ):
        face.wait(url, "wait_for_table_active", "orders", timeout=0.5)
    assert 0.5 <= time.monotonic() - begun < SOON


def test_the_time_outs_of_a_blocking_client_bound_its_call() -> None:
    """A blocking call cannot be abandoned: it ends with its own read time-out."""
    begun = time.monotonic()
    with (
        silent_server() as url,
        pytest.raises(WaitTimeoutError, match="Read timeout on endpoint"),
    ):
        BLOCKING.wait(
            url,
            "wait_for_table_active",
            "orders",
            timeout=0.1,
            config={"read_timeout": 0.5},
        )
    assert 0.5 <= time.monotonic() - begun < SOON


@pytest.mark.parametrize("mode", MODES)
@every_face
def test_a_client_that_retries_on_its_own_does_no_harm(
    face: Face, mode: str, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Whatever botocore's retry mode, a wait ends as soon as its table is there."""
    client, witness = boto3_client(moto_url), Witness()
    with meanwhile(
        lambda: witness.until("wait.changed", part="does not exist"),
        lambda: create(client, table_name),
    ):
        state = face.wait(
            moto_url,
            "wait_for_table_active",
            table_name,
            timeout=10,
            polling=BRISK,
            on_event=witness,
            config={"retries": {"mode": mode, "total_max_attempts": 5}},
        )
    assert state.status == "ACTIVE"
    assert witness.texts("wait.retried") == []
    assert witness.events[-1].elapsed < 2


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("face", ASYNC_FACES, ids=str)
def test_the_deadline_ends_the_retries_of_a_client(
    face: Face, mode: str, nowhere: str
) -> None:
    """A client that would try for seconds on its own ends at the wait's deadline."""
    begun = time.monotonic()
    with pytest.raises(WaitTimeoutError):
        face.wait(
            nowhere,
            "wait_for_table_active",
            "orders",
            timeout=0.2,
            config={"retries": {"mode": mode, "total_max_attempts": 12}},
        )
    assert time.monotonic() - begun < SOON


@every_face
def test_a_client_of_another_service_is_refused(face: Face, nowhere: str) -> None:
    """An S3 client is a TypeError that says what to pass, before any call."""

    async def main() -> None:
        async with face.open(nowhere, service="s3") as storage:
            await face.call(storage, "wait_for_table_active", "orders")

    with pytest.raises(TypeError, match=r"one for 's3': pass boto3\.client\(.dynamo"):
        face.run(main)


def test_an_asynchronous_client_is_refused_by_the_blocking_face(nowhere: str) -> None:
    """An aiobotocore client where a blocking one is needed is a TypeError."""
    face = Face("aiobotocore", "asyncio")

    async def main() -> None:
        async with face.open(nowhere) as client:
            await BLOCKING.call(client, "wait_for_table_active", "orders")

    with pytest.raises(TypeError, match=r"dynawait\.sync needs a blocking client"):
        face.run(main)


def test_a_closed_client_ends_the_wait_at_once(moto_url: str, table_name: str) -> None:
    """After its ``async with`` an aiobotocore client is of no use, and is told so.

    That is with aiohttp; boto3's clients, and httpx sessions, connect again.
    """
    face = Face("aiobotocore", "asyncio")

    async def main() -> None:
        async with face.open(moto_url) as client:
            await client.list_tables()
        await face.call(client, "wait_for_table_active", table_name, timeout=20)

    with pytest.raises(ServiceError, match="client that was closed cannot be used"):
        face.run(main)


@pytest.mark.parametrize("harm", ["cut", "altered"])
@every_face
def test_a_damaged_answer_is_asked_for_again(face: Face, harm: str) -> None:
    """An answer that is cut short, or fails its checksum, is a trouble that passes."""
    body = b'{"__type": "ResourceNotFoundException", "message": "no such table"}'
    head = (
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"x-amz-crc32: {zlib.crc32(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    damaged = body[:20] if harm == "cut" else body.replace(b"such", b"sour")
    witness = Witness()

    def answer(listener: socket.socket, what: bytes) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(head + what)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(3)
        with (
            meanwhile(
                lambda: answer(listener, damaged), lambda: answer(listener, body)
            ),
            pytest.raises(ImpossibleError, match="table orders does not exist"),
        ):
            face.wait(
                f"http://127.0.0.1:{listener.getsockname()[1]}",
                "wait_for_table_active",
                "orders",
                timeout=10,
                missing="fail",
                polling=Polling(grace=0),
                on_event=witness,
            )
    assert len(witness.texts("wait.retried")) == 1


def test_waits_outlive_their_server(
    monkeypatch: pytest.MonkeyPatch, boto3_client: Connect
) -> None:
    """A server that is stopped in mid-wait is asked again until it is back.

    A deadline that comes while it is away holds. All faces wait at once.
    """
    patient = {face: Witness() for face in FACES}
    hasty = {face: Witness() for face in FACES}
    port = launch._free_port()
    monkeypatch.setattr(launch, "_free_port", lambda: port)

    def wait(face: Face, witness: Witness, timeout: float) -> Any:
        url = f"http://127.0.0.1:{port}"
        try:
            return face.wait(
                url,
                "wait_for_table_active",
                "orders",
                timeout=timeout,
                polling=BRISK,
                on_event=witness,
            ).status
        except WaitTimeoutError as error:
            return error

    with ThreadPoolExecutor(2 * len(FACES)) as pool:
        with launch.moto_server() as server:
            patients = {
                face: pool.submit(wait, face, witness, 2 * PATIENCE)
                for face, witness in patient.items()
            }
            hurried = {
                face: pool.submit(wait, face, witness, 3)
                for face, witness in hasty.items()
            }
            for witness in (*patient.values(), *hasty.values()):
                witness.until("wait.changed", part="does not exist")
            os.kill(server.pid, signal.SIGTERM)
            for face, future in hurried.items():
                error = future.result(PATIENCE)
                assert isinstance(error, WaitTimeoutError), face
                assert "; the last call failed: " in str(error), face
                assert error.pending == ("table orders does not exist",), face
                assert error.elapsed < 4, face
        for witness in patient.values():
            witness.until("wait.retried")
        with launch.moto_server() as server:
            create(boto3_client(server.url), "orders")
            answers = {
                str(face): found.result(2 * PATIENCE)
                for face, found in patients.items()
            }
    assert answers == dict.fromkeys(map(str, FACES), "ACTIVE")
