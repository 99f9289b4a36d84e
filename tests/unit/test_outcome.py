"""What errors mean, by code, message and HTTP status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait._core.outcome import Fault, Outcome, classify, read_fault
from tests.unit.error_samples import LIMIT, MEANINGS, NOT_FOUND, THROTTLING, VALIDATION

ROWS = [(*row, kind) for kind, rows in MEANINGS.items() for row in rows]


@pytest.mark.parametrize(("code", "message", "kind"), ROWS)
def test_meanings(code: str, message: str, kind: str) -> None:
    """Code and message together say what an error means, whatever the HTTP status."""
    assert classify(Fault(code, message)) == Outcome(kind)  # type: ignore[arg-type]
    assert classify(Fault(code, message, 400)).kind == kind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("500", 500, "transient"),
        ("502", 502, "transient"),
        ("BadGateway", 503, "transient"),
        ("504", 504, "transient"),
        ("429", 429, "throttled"),
        ("400", 400, "transient"),  # it broke off before its body came
        ("404", 404, "unknown"),
        ("413", 413, "unknown"),
        ("ConditionalCheckFailedException", 400, "unknown"),
        ("AnErrorOfTomorrow", None, "unknown"),
        ("ContinuousBackupsUnavailableException", 400, "unknown"),
    ],
)
def test_codes_that_no_rule_knows(code: str, status: int | None, kind: str) -> None:
    """The HTTP status decides where the code says nothing; else it is permanent."""
    assert classify(Fault(code, "", status)).kind == kind


def test_the_message_counts_for_its_own_code_only() -> None:
    """A text that means one thing in one code means nothing in another."""
    assert classify(Fault(VALIDATION, "Rate exceeded")).kind == "invalid"
    assert classify(Fault("Tomorrow", "Table already exists")).kind == "unknown"


NOON = datetime(2026, 1, 2, 12, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("try again after 2026-01-02T12:30:15Z", NOON),
        ("try again after 2026-01-02T12:30:15Z.", NOON),
        ("limited in the window ending at 2026-01-02T12:30:15Z. After it", NOON),
        ("until 2026-01-02T12:30:15.250Z, then", NOON + timedelta(milliseconds=250)),
        ("until 2026-01-02T12:30:15 (UTC)", NOON),
        (
            "until 2026-01-02T12:30:15+01:00",
            NOON.replace(tzinfo=timezone(timedelta(hours=1))),
        ),
        ("from 2026-01-02T12:30:15Z to 2027-01-02T12:30:15Z", NOON),
        ("table 2026Things, then 2026-01-02T12:30:15Z", NOON),
        ("at 2026-99-99T12:30:15Z", None),
        ("4 decreases in the UTC day 2026-01-02", None),
        ("once every 21600 seconds", None),
        ("", None),
    ],
)
def test_times_in_messages(text: str, moment: datetime | None) -> None:
    """The first ISO time of a message is when it may be tried again, with a zone."""
    for code, kind in ((LIMIT, "quota"), (THROTTLING, "throttled")):
        assert classify(Fault(code, text)) == Outcome(kind, moment)  # type: ignore[arg-type]


@given(st.text(max_size=20), st.text(), st.none() | st.integers(100, 599))
def test_every_fault_has_a_meaning(code: str, message: str, status: int | None) -> None:
    """No code, text or status makes the classification fail."""
    assert classify(Fault(code, message, status)).kind


class RefusedError(Exception):
    """An error that carries a response, as botocore's do."""

    def __init__(self, response: Any) -> None:
        """Take the response as it is."""
        super().__init__("refused")
        self.response = response


@pytest.mark.parametrize("key", ["Message", "message"])
def test_both_spellings_of_the_message(key: str) -> None:
    """Servers send Message or message; both are read, with the HTTP status."""
    response = {
        "Error": {"Code": NOT_FOUND, key: "gone"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    assert read_fault(RefusedError(response)) == Fault(NOT_FOUND, "gone", 400)


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        ({"Error": {"Code": "X"}}, Fault("X", "")),
        ({"Error": {"Message": "m"}}, Fault("RefusedError", "m")),
        ({"Error": {"Code": 503, "Message": 7}}, Fault("503", "7")),
        ({"Error": {"Code": "X"}, "ResponseMetadata": None}, Fault("X", "")),
        (
            {"Error": {"Code": "X"}, "ResponseMetadata": {"HTTPStatusCode": "5"}},
            Fault("X", ""),
        ),
        ({"Error": "broken"}, Fault("RefusedError", "")),
    ],
)
def test_responses_that_lack_something(response: Any, fault: Fault) -> None:
    """A response that is not whole still gives a fault, with what there is."""
    assert read_fault(RefusedError(response)) == fault


@pytest.mark.parametrize(
    "error",
    [
        TypeError("describe_table() got an unexpected keyword"),
        AttributeError("no such attribute"),
        KeyError("Table"),
        ValueError("nonsense"),
        RuntimeError("cannot schedule new futures"),
        AssertionError(),
        FileNotFoundError(2, "No such file or directory", "bundle.pem"),
        PermissionError(13, "Permission denied", "bundle.pem"),
        RefusedError(None),
        RefusedError({}),
        RefusedError({"Error": {}}),
        RefusedError("503"),
    ],
    ids=repr,
)
def test_errors_of_the_program_are_no_faults(error: Exception) -> None:
    """What no client and no server says is not judged, so it is raised as it is."""
    assert read_fault(error) is None


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError("timed out"),
        ConnectionResetError(104, "Connection reset by peer"),
        ConnectionRefusedError(111, "Connection refused"),
        BrokenPipeError(32, "Broken pipe"),
        OSError(113, "No route to host"),
    ],
    ids=repr,
)
def test_errors_of_the_system_are_transient(error: Exception) -> None:
    """What the operating system says of a connection may pass."""
    fault = read_fault(error)
    assert fault is not None
    assert fault == Fault(type(error).__name__, str(error))
    assert classify(fault, error) == Outcome("transient")
