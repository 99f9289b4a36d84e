"""The protocol, with botocore's own serializer on one side and parser on the other."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from botocore.parsers import create_parser

from dynawait.testing import ServiceFault
from dynawait.testing.protocol import fault_answer
from tests.simulation.door import Door, HungUpError, model, serialized
from tests.simulation.samples import SAMPLES, prepared
from tests.simulation.support import table

if TYPE_CHECKING:
    from dynawait.testing.answers import Answer
    from tests.simulation.door import Reply

EACH = [
    (operation, request)
    for operation, samples in SAMPLES.items()
    for request in samples
]


def parsed(operation: str, reply: Reply | Answer) -> dict[str, Any]:
    """Return what botocore makes of a response."""
    response = {
        "status_code": reply.status,
        "headers": dict(reply.headers),
        "body": reply.body,
    }
    shape: Any = model().operation_model(operation).output_shape
    found: dict[str, Any] = create_parser("json").parse(response, shape)
    found.pop("ResponseMetadata")
    return found


def in_seconds(value: Any) -> Any:
    """Return a response with its moments as whole seconds, whatever their zone."""
    if isinstance(value, dict):
        return {name: in_seconds(member) for name, member in value.items()}
    if isinstance(value, list):
        return [in_seconds(member) for member in value]
    return round(value.timestamp()) if isinstance(value, datetime) else value


@pytest.mark.parametrize(("operation", "request_"), EACH)
def test_what_botocore_sends_is_read_and_what_is_sent_it_reads(
    operation: str, request_: dict[str, Any]
) -> None:
    """Through the wire, each operation answers just what the model answers."""
    expected = prepared().ask(operation, **request_)
    door = Door()
    door.backend.service.planes["us-east-1"] = prepared().plane
    sent = serialized(operation, request_)
    assert (sent["method"], sent["url_path"]) == ("POST", "/")
    reply = door.ask("POST", body=sent["body"], headers=sent["headers"])
    assert reply.status == 200, reply.error
    assert in_seconds(parsed(operation, reply)) == in_seconds(expected)


def test_an_error_carries_its_members() -> None:
    """What an error says besides its code and text arrives, blobs and all."""
    item = {"pk": {"S": "x"}, "data": {"B": b"\x00\xff"}}
    fault = ServiceFault(
        "ConditionalCheckFailedException",
        "The conditional request failed",
        members={"Item": item},
    )
    answer = fault_answer(fault)
    error = json.loads(answer.body)
    assert error["__type"] == (
        "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    )
    assert error["Item"] == {"pk": {"S": "x"}, "data": {"B": "AP8="}}
    assert parsed("PutItem", answer)["Error"] == {
        "Code": "ConditionalCheckFailedException",
        "Message": "The conditional request failed",
    }


def test_mistakes_of_our_own_are_told_to_us(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in here is logged with its traceback; the client gets a plain 500."""
    door = Door()

    def fail(*_arguments: object, **_options: object) -> None:
        message = "a mistake"
        raise RuntimeError(message)

    monkeypatch.setattr(door.backend, "begin", fail)
    reply = door.call("ListTables")
    assert (reply.status, reply.error) == (500, "InternalFailure: ")
    assert b"mistake" not in reply.body
    assert "RuntimeError: a mistake" in caplog.text


def test_an_answer_that_is_lost_is_no_answer() -> None:
    """The connection is closed instead, and the call was applied."""
    door = Door()
    door.control("faults", dropped=1)
    with pytest.raises(HungUpError):
        door.call("CreateTable", **table())
    assert door.backend.tables() == {}
    door.control("faults", lost_response=1)
    while not door.backend.tables():
        try:
            assert door.call("CreateTable", **table()).status == 500
        except HungUpError:
            continue
