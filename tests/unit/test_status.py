"""Conditions of what has one status: settings, exports, imports, backups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from dynawait import (
    Condition,
    KinesisDestinationState,
    ResourcePolicyState,
    TimeToLiveState,
    Verdict,
)
from dynawait._core import jobs, settings
from dynawait._core.settings import _kinesis, _policy, _time_to_live
from dynawait._core.status import status_is

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

STREAM = "arn:aws:kinesis:eu-central-1:123456789012:stream/changes"


@dataclass
class Thing:
    """Something that has a status."""

    status: str
    code: str | None = None
    words: str | None = None


COOKED: Condition[Thing] = status_is(
    "soup",
    ("HOT", "LUKEWARM"),
    lambda thing: thing.status,
    failures=("BURNT",),
    reason=lambda thing: (thing.code, thing.words),
)


@pytest.mark.parametrize(
    ("thing", "verdict"),
    [
        (Thing("HOT"), Verdict.satisfied()),
        (Thing("LUKEWARM"), Verdict.satisfied()),
        (Thing("COLD"), Verdict.pending("soup is COLD")),
        (Thing("COLD", "E1", "said"), Verdict.pending("soup is COLD")),
        (Thing("BURNT"), Verdict.impossible("soup is BURNT")),
        (Thing("BURNT", "E1"), Verdict.impossible("soup is BURNT: E1")),
        (Thing("BURNT", None, "why"), Verdict.impossible("soup is BURNT: why")),
        (Thing("BURNT", "E1", "why"), Verdict.impossible("soup is BURNT: E1: why")),
    ],
)
def test_one_status(thing: Thing, verdict: Verdict) -> None:
    """A wanted status satisfies, a failure is final with AWS's words, others wait."""
    assert COOKED.judge(thing) == verdict


def test_it_prints_as_words() -> None:
    """Such a condition is named by what is awaited, the usual status first."""
    assert repr(COOKED) == "soup HOT"
    assert (COOKED & COOKED).judge(Thing("COLD")) == Verdict.pending("soup is COLD")


def test_without_failures_nothing_is_final() -> None:
    """Where no status is final and nobody gives reasons, everything else waits."""
    plain = status_is("soup", ("HOT",), lambda thing: thing.status)
    assert plain.judge(Thing("BURNT")) == Verdict.pending("soup is BURNT")


def awaited(
    monkeypatch: pytest.MonkeyPatch,
    waiter: Callable[..., Coroutine[Any, Any, Any]],
    *arguments: Any,
) -> Condition[Any]:
    """Return the condition that a waiter would wait for."""
    caught: list[Condition[Any]] = []

    async def wait_until(_: Any, __: Any, condition: Condition[Any], ___: Any) -> Any:
        caught.append(condition)

    module = jobs if waiter.__module__.endswith("jobs") else settings
    monkeypatch.setattr(module, "wait_until", wait_until)
    with pytest.raises(StopIteration):
        waiter(None, *arguments).send(None)
    return caught[0]


S, P, I = "satisfied", "pending", "impossible"  # noqa: E741 - the letters of the tables
Row = tuple[Any, tuple[Any, ...], str, str, dict[str, str]]
ROWS: list[Row] = [
    (
        jobs.wait_for_export,
        ("arn",),
        "ExportStatus",
        "status",
        {"IN_PROGRESS": P, "COMPLETED": S, "FAILED": I},
    ),
    (
        jobs.wait_for_import,
        ("arn",),
        "ImportStatus",
        "status",
        {"IN_PROGRESS": P, "COMPLETED": S, "CANCELLING": I, "CANCELLED": I}
        | {"FAILED": I},
    ),
    (
        jobs.wait_for_backup,
        ("arn",),
        "BackupStatus",
        "status",
        {"CREATING": P, "AVAILABLE": S, "DELETED": I},
    ),
    (
        settings.wait_for_contributor_insights,
        ("orders",),
        "ContributorInsightsStatus",
        "status",
        {"ENABLING": P, "ENABLED": S, "DISABLING": P, "DISABLED": P, "FAILED": I},
    ),
    (
        settings.wait_for_contributor_insights,
        ("orders", False),
        "ContributorInsightsStatus",
        "status",
        {"ENABLING": P, "ENABLED": P, "DISABLING": P, "DISABLED": S, "FAILED": S},
    ),
    (
        settings.wait_for_point_in_time_recovery,
        ("orders",),
        "PointInTimeRecoveryStatus",
        "point_in_time_recovery",
        {"ENABLED": S, "DISABLED": P},
    ),
    (
        settings.wait_for_point_in_time_recovery,
        ("orders", False),
        "PointInTimeRecoveryStatus",
        "point_in_time_recovery",
        {"ENABLED": P, "DISABLED": S},
    ),
]


class Anything:
    """A state that has one status and, for every other attribute, AWS's words."""

    def __init__(self, attribute: str, status: str) -> None:
        """Take the status and the name under which it is read."""
        setattr(self, attribute, status)

    def __getattr__(self, name: str) -> str:
        """Return words that tell where they came from."""
        return f"words of {name}"


@pytest.mark.parametrize("row", ROWS, ids=[f"{r[0].__name__}{r[1]}" for r in ROWS])
def test_statuses_of_settings_and_jobs(
    monkeypatch: pytest.MonkeyPatch, row: Row
) -> None:
    """Every status of the service model means what it should, an unknown one waits."""
    waiter, arguments, shape, attribute, kinds = row
    condition = awaited(monkeypatch, waiter, *arguments)
    for status, kind in (kinds | {"TOMORROW": P}).items():
        verdict = condition.judge(Anything(attribute, status))
        assert verdict.kind == kind, status
        if kind == I and status != "DELETED":
            assert ": words of failure_" in verdict.reasons[0]
    session = pytest.importorskip("botocore.session").get_session()
    model = session.get_service_model("dynamodb")
    assert set(model.shape_for(shape).enum) <= set(kinds)


@pytest.mark.parametrize(
    ("status", "wanted", "unwanted"),
    [
        ("ENABLING", P, P),
        ("ACTIVE", S, P),
        ("DISABLING", P, P),
        ("DISABLED", P, S),
        ("ENABLE_FAILED", I, S),
        ("UPDATING", P, P),
        ("TOMORROW", P, P),
    ],
)
def test_statuses_of_a_kinesis_destination(
    status: str, wanted: str, unwanted: str
) -> None:
    """Only the named stream counts, whatever the others do."""
    others = ("DISABLED", "ENABLE_FAILED", "ACTIVE", "ENABLING")
    states = tuple(KinesisDestinationState(f"{STREAM}-2", status=o) for o in others)
    mine = KinesisDestinationState(STREAM, status=status, status_description="why")
    for active, kind in ((True, wanted), (False, unwanted)):
        verdict = _kinesis(STREAM, active=active).judge((*states, mine))
        assert verdict.kind == kind
        if kind == P:
            assert verdict.reasons == (f"destination {STREAM} is {status}",)
        if kind == I:
            assert verdict.reasons == (f"destination {STREAM} is {status}: why",)


def test_a_kinesis_destination_that_is_not_listed() -> None:
    """It is missing where it is awaited, and gone where it is not."""
    what = f"destination {STREAM}"
    assert _kinesis(STREAM, active=True).judge(()) == Verdict.pending(
        f"{what} is not listed", missing=(what,)
    )
    assert _kinesis(STREAM, active=False).judge(()) == Verdict.satisfied()


@pytest.mark.parametrize(
    ("status", "attribute", "enabled", "wanted", "kind"),
    [
        ("ENABLED", "expires", True, None, S),
        ("ENABLED", "expires", True, "expires", S),
        ("ENABLED", "expires", True, "ttl", I),
        ("ENABLED", None, True, "expires", S),
        ("ENABLED", "expires", False, None, P),
        ("ENABLING", "expires", True, None, P),
        ("ENABLING", "expires", True, "ttl", P),
        ("DISABLING", "expires", True, None, P),
        ("DISABLING", "expires", True, "ttl", P),
        ("DISABLING", "expires", False, None, P),
        ("DISABLED", None, True, "ttl", P),
        ("DISABLED", None, False, None, S),
        ("TOMORROW", None, True, None, P),
    ],
)
def test_statuses_of_time_to_live(
    status: str, attribute: str | None, enabled: bool, wanted: str | None, kind: str
) -> None:
    """Enabled on another attribute is final: it cannot be renamed, only disabled."""
    state = TimeToLiveState(status=status, attribute=attribute)
    verdict = _time_to_live(enabled=enabled, attribute=wanted).judge(state)
    assert verdict.kind == kind
    if kind == I:
        assert "time to live is enabled on expires" in verdict.reasons[0]
        assert "disabled first" in verdict.reasons[0]


@pytest.mark.parametrize(
    ("policy", "revision", "present", "wanted", "verdict"),
    [
        ("{}", "1", True, None, Verdict.satisfied()),
        ("{}", "1", True, "1", Verdict.satisfied()),
        (
            "{}",
            "1",
            True,
            "2",
            Verdict.pending("resource policy of orders is at revision 1"),
        ),
        (
            "",
            None,
            True,
            None,
            Verdict.pending(
                "resource policy of orders does not exist",
                missing=("resource policy of orders",),
            ),
        ),
        ("", None, False, None, Verdict.satisfied()),
        (
            "{}",
            "1",
            False,
            None,
            Verdict.pending("resource policy of orders can still be read"),
        ),
    ],
)
def test_resource_policies(
    policy: str,
    revision: str | None,
    present: bool,
    wanted: str | None,
    verdict: Verdict,
) -> None:
    """A policy is awaited until it can be read at the revision, or not at all."""
    state = ResourcePolicyState(policy, revision_id=revision)
    condition = _policy("orders", present=present, revision_id=wanted)
    assert condition.judge(state) == verdict
