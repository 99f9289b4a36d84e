"""Calls that fail while somebody waits: tried again, or raised."""

from __future__ import annotations

from typing import Any

import pytest

from dynawait import (
    ServiceError,
    UnreadableResponseError,
    WaitTimeoutError,
    satisfies,
)
from tests.core.fakes import (
    ACTIVE,
    BROKEN,
    CREATING,
    DENIED,
    NO_TABLE,
    THROTTLED,
    Listener,
    Script,
    by_time,
    in_turn,
    refusal,
    wait,
)

CUT_OFF = ConnectionResetError(104, "Connection reset by peer")
# The pace of a client never falls below this, in calls a second.
SLOWEST = 100 / 64
PASSING = [
    THROTTLED,
    refusal("LimitExceededException", "Too many operations for a given subscriber"),
    refusal("ProvisionedThroughputExceededException", "slow down"),
    refusal("NeverHeardOfException", "", status=429),
    BROKEN,
    refusal("NeverHeardOfException", "", status=503),
    CUT_OFF,
    TimeoutError("read timed out"),
]
PERMANENT = [
    DENIED,
    refusal("ValidationException", "1 validation error detected"),
    refusal("UnrecognizedClientException", "The security token is invalid"),
    refusal("ExpiredTokenException", "The security token has expired"),
    refusal("NeverHeardOfException", "who knows"),
]


def code_of(error: Exception) -> str:
    """Return the code by which messages name an error."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code", type(error).__name__))


@pytest.mark.parametrize("error", PASSING, ids=code_of)
def test_passing_errors(error: Exception) -> None:
    """What may pass is tried again, with an event each time, until there is an answer.

    A LimitExceededException of a describe operation is a throttle like any other.
    """
    listener = Listener()
    script = Script(in_turn(error, error, error, ACTIVE))
    assert wait(script, on_event=listener).exists
    retries = listener.named("retried")
    assert len(retries) == 3
    assert all(code_of(error) in event.text for event in retries)
    assert "DescribeTable failed, trying again" in retries[0].text


def waits_between(error: Exception, tries: int, seed: int) -> list[float]:
    """Return the seconds between the tries of one wait."""
    script = Script(in_turn(*[error] * tries, ACTIVE))
    wait(script, seed=seed, timeout=None)
    return script.gaps


@pytest.mark.parametrize(("error", "factor"), [(THROTTLED, 1.0), (BROKEN, 0.2)])
def test_backoff(error: Exception, factor: float) -> None:
    """Retries come after growing waits with full jitter: anything up to the bound."""
    runs = [waits_between(error, 10, seed) for seed in range(150)]
    for place, gaps in enumerate(zip(*runs, strict=True)):
        bound = min(20.0, factor * 2**place)
        pace = 1 / SLOWEST if error is THROTTLED else 0.01
        assert max(gaps) <= bound + pace + 1e-9
        assert max(gaps) > 0.9 * bound
        assert min(gaps) < max(0.1 * bound, pace + 1e-9)


def test_backoff_begins_anew() -> None:
    """After an answer the waits between retries are short again."""
    longest = 0.0
    for seed in range(60):
        script = Script(in_turn(*[BROKEN] * 8, CREATING, BROKEN, BROKEN, ACTIVE))
        wait(script, seed=seed, timeout=None)
        longest = max(longest, script.sent[-2] - script.sent[-3])
    assert longest <= 0.2 + 0.011


def test_backoff_begins_anew_after_busy() -> None:
    """An answer in the shape of an error, *busy*, is an answer: it ends the backoff."""
    busy = refusal(
        "ValidationException",
        "Cannot describe time to live while table is in CREATING state",
    )
    done = {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}}
    longest = 0.0
    for seed in range(60):
        script = Script(in_turn(*[BROKEN] * 8, busy, BROKEN, done))
        wait(script, "wait_for_time_to_live", seed=seed, timeout=None)
        longest = max(longest, script.sent[-1] - script.sent[-2])
    # This operation is not called more than eight times a second.
    assert longest <= 0.2 + 1 / 8 + 0.001


def test_busy_is_an_answer() -> None:
    """A time-out after *busy* says what is pending, and blames no earlier failure."""
    words = "Cannot describe time to live while table is in CREATING state"
    script = Script(in_turn(BROKEN, refusal("ValidationException", words)))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, "wait_for_time_to_live", timeout=30)
    assert caught.value.pending == (f"ValidationException: {words}",)
    assert "the last call failed" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("error", PERMANENT, ids=code_of)
def test_permanent_errors(error: Exception) -> None:
    """A refusal for good is raised at the first call, with the client's error in it."""
    listener = Listener()
    script = Script(in_turn(error))
    with pytest.raises(ServiceError) as caught:
        wait(script, on_event=listener)
    assert len(script.calls) == 1
    assert caught.value.__cause__ is error
    assert caught.value.code == code_of(error)
    assert caught.value.operation == "DescribeTable"
    assert caught.value.table == "orders"
    assert listener.names == ["started", "failed"]


def test_advice() -> None:
    """A denied call says what to check."""
    with pytest.raises(ServiceError, match="Check the credentials"):
        wait(Script(in_turn(DENIED)))


def test_a_permanent_error_later() -> None:
    """Credentials that expire during a wait end it."""
    expired = refusal("ExpiredTokenException", "The security token has expired")
    with pytest.raises(ServiceError, match="ExpiredTokenException"):
        wait(Script(by_time((0, CREATING), (60, expired))))


@pytest.mark.parametrize("error", [CUT_OFF, BROKEN, THROTTLED], ids=code_of)
def test_unreachable(error: Exception) -> None:
    """A wait for ever ends after five minutes in which nothing was ever answered."""
    script = Script(in_turn(error), latency=0.1)
    with pytest.raises(ServiceError) as caught:
        wait(script, timeout=None)
    assert 300 <= script.ended <= 325
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("answer", [CREATING, NO_TABLE])
def test_unreachable_for_a_while(answer: Any) -> None:
    """A service that has answered once may be away for as long as it likes."""
    script = Script(by_time((0, answer), (1, CUT_OFF), (5000, ACTIVE)))
    assert wait(script, timeout=None).exists
    assert script.ended >= 5000


def test_a_timeout_is_kept_while_unreachable() -> None:
    """With a timeout the five minutes do not count."""
    script = Script(in_turn(CUT_OFF))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, timeout=2000)
    assert script.ended == pytest.approx(2000)
    assert caught.value.__cause__ is CUT_OFF


def test_a_time_out_keeps_the_last_failure() -> None:
    """A time-out while calls fail has the last failure as its cause, and names it."""
    script = Script(by_time((0, CREATING), (20, BROKEN)))
    with pytest.raises(WaitTimeoutError, match="the last call failed") as caught:
        wait(script, timeout=60)
    assert caught.value.__cause__ is BROKEN
    assert caught.value.state is not None
    assert caught.value.pending == ("table is CREATING",)


def test_a_time_out_forgets_failures_that_passed() -> None:
    """A failure that was followed by an answer is not the cause of a time-out."""
    script = Script(in_turn(CREATING, BROKEN, CREATING))
    with pytest.raises(WaitTimeoutError) as caught:
        wait(script, timeout=60)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "response",
    [
        None,
        "nonsense",
        [],
        {},
        {"Table": "orders"},
        {"Table": {}},
        {"Table": {"TableStatus": 7}},
        {"Table": {"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": "by-email"}},
        {"Table": {"TableStatus": "ACTIVE", "GlobalSecondaryIndexes": [{}]}},
        {"message": "welcome to the proxy"},
    ],
    ids=repr,
)
def test_nonsense(response: Any) -> None:
    """A response that is none of the operation's is refused at once, not awaited."""
    script = Script(in_turn(response))
    with pytest.raises(UnreadableResponseError):
        wait(script, timeout=None)
    assert len(script.calls) == 1


@pytest.mark.parametrize(
    "error", [TypeError("got an unexpected keyword"), KeyError("x"), RuntimeError("?")]
)
def test_program_errors(error: Exception) -> None:
    """An error of the program is raised as it is, and at once."""
    script = Script(in_turn(CREATING, error))
    with pytest.raises(type(error)) as caught:
        wait(script, timeout=None)
    assert caught.value is error
    assert len(script.calls) == 2


def test_a_program_error_of_a_condition() -> None:
    """What a user's own predicate raises is raised as it is."""

    def buggy(_: Any) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wait(Script(in_turn(ACTIVE)), "wait_for", "orders", satisfies(buggy, "magic"))


@pytest.mark.parametrize(
    ("answers", "found"),
    [((ACTIVE,), "ACTIVE"), ((NO_TABLE,), "ABSENT")],
)
def test_describe(answers: tuple[Any, ...], found: str) -> None:
    """One look returns what there is, an absent table included."""
    script = Script(in_turn(*answers))
    assert wait(script, "describe").status == found
    assert len(script.calls) == 1


@pytest.mark.parametrize("error", [THROTTLED, DENIED, CUT_OFF], ids=code_of)
def test_describe_that_fails(error: Exception) -> None:
    """One look that fails is not repeated: it raises, whatever the reason."""
    script = Script(in_turn(error))
    with pytest.raises(ServiceError) as caught:
        wait(script, "describe")
    assert len(script.calls) == 1
    assert caught.value.__cause__ is error


def test_errors_survive_together() -> None:
    """A wait goes through every kind of passing trouble in a row, and succeeds."""
    listener = Listener()
    trouble = [error for error in PASSING for _ in range(2)]
    script = Script(in_turn(*trouble, CREATING, *trouble, NO_TABLE, CREATING, ACTIVE))
    assert wait(script, timeout=None, on_event=listener).status == "ACTIVE"
    assert len(listener.named("retried")) == 2 * len(trouble)
