"""What conditions say of settings: encryption, throughput, billing, streams."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dynawait import (
    Condition,
    TableState,
    Verdict,
    billing_mode,
    deletion_protection,
    encryption_settled,
    quiet,
    restored,
    stream_disabled,
    stream_enabled,
    table_active,
    table_class,
    throughput,
    warm_throughput_settled,
)
from tests.unit.state_samples import index, table

S, P = "satisfied", "pending"
ADVICE = "it waits until an operator gives back the key or the permission"


def bare(status: str, **members: Any) -> TableState:
    """Return a table without anything, in a status."""
    return TableState.parse({"TableName": "orders", "TableStatus": status, **members})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("ENABLING", P),
        ("ENABLED", S),
        ("DISABLING", P),
        ("DISABLED", S),
        ("UPDATING", P),
        ("TOMORROW", P),
        (None, S),
    ],
)
def test_encryption_statuses(status: str | None, kind: str) -> None:
    """Encryption is settled when it is on or off, and nothing in between."""
    state = table(SSEDescription={"Status": status})
    verdict = encryption_settled().judge(state)
    assert verdict.kind == kind
    assert verdict.reasons == (() if kind == S else (f"encryption is {status}",))
    assert quiet().judge(state).kind == kind


def test_a_lost_key_is_told_with_its_date() -> None:
    """A key that DynamoDB cannot use is a warning that says since when."""
    since = datetime(2026, 1, 2, tzinfo=UTC)
    described = {"Status": "ENABLED", "InaccessibleEncryptionDateTime": since}
    status = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
    verdict = encryption_settled().judge(bare(status, SSEDescription=described))
    text = f"table is {status} since {since}: {ADVICE}"
    assert verdict == Verdict.pending(text, warnings=(text,))


@pytest.mark.parametrize(
    ("status", "kind"), [("ACTIVE", S), ("UPDATING", P), ("TOMORROW", P), (None, S)]
)
def test_warm_throughput_statuses(status: str | None, kind: str) -> None:
    """Warm throughput of table and indexes counts, and does not disturb quiet()."""
    warm: dict[str, Any] = {"WarmThroughput": {"Status": status}}
    state = table(**warm, GlobalSecondaryIndexes=[index(**warm)])
    verdict = warm_throughput_settled().judge(state)
    assert verdict.kind == kind
    if kind == P:
        (reason,) = verdict.reasons
        assert reason == (
            f"warm throughput of table is {status}; "
            f"warm throughput of index by-email is {status}"
        )
    assert quiet().judge(state).kind == S


ON = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
ON_DEMAND = {"BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"}}
RARE = {"TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"}}
UNITS: dict[str, Any] = {
    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 2}
}


@pytest.mark.parametrize(
    ("condition", "members", "reason"),
    [
        (billing_mode("PROVISIONED"), {}, None),
        (billing_mode("PAY_PER_REQUEST"), ON_DEMAND, None),
        (
            billing_mode("PAY_PER_REQUEST"),
            {},
            "billing mode is PROVISIONED, not PAY_PER_REQUEST",
        ),
        (throughput(1, 2), UNITS, None),
        (throughput(1, 3), UNITS, "throughput of table is (1, 2), not (1, 3)"),
        (throughput(1, 2), {}, "throughput of table is (5, 6), not (1, 2)"),
        (
            throughput(1, 2),
            {"ProvisionedThroughput": None},
            "throughput of table is (None, None), not (1, 2)",
        ),
        (
            throughput(1, 2, "by-email"),
            {"GlobalSecondaryIndexes": [index(**UNITS)]},
            None,
        ),
        (
            throughput(1, 9, "by-email"),
            {"GlobalSecondaryIndexes": [index(**UNITS)]},
            "throughput of index by-email is (1, 2), not (1, 9)",
        ),
        (table_class("STANDARD"), {}, None),
        (table_class("STANDARD_INFREQUENT_ACCESS"), RARE, None),
        (
            table_class("STANDARD"),
            RARE,
            "table class is STANDARD_INFREQUENT_ACCESS, not STANDARD",
        ),
        (stream_enabled(), ON, None),
        (stream_enabled(), {}, "stream is off"),
        (stream_enabled("KEYS_ONLY"), ON, None),
        (
            stream_enabled("NEW_IMAGE"),
            ON,
            "view type of the stream is KEYS_ONLY, not NEW_IMAGE",
        ),
        (stream_enabled("NEW_IMAGE"), {}, "stream is off"),
        (stream_disabled(), {}, None),
        (stream_disabled(), ON, "stream is on"),
        (deletion_protection(True), {}, None),
        (deletion_protection(False), {}, "deletion protection is True, not False"),
    ],
    ids=str,
)
def test_settings(
    condition: Condition[TableState], members: dict[str, Any], reason: str | None
) -> None:
    """A setting that is otherwise is pending, with what was found and wanted."""
    expected = Verdict.satisfied() if reason is None else Verdict.pending(reason)
    assert condition.judge(table(**members)) == expected


def test_restored_waits_for_the_end_of_the_restore() -> None:
    """A table that says ACTIVE while it is being restored is not restored yet."""
    state = table(RestoreSummary={"RestoreInProgress": True})
    assert table_active().judge(state).kind == S
    assert restored().judge(state) == Verdict.pending("restore is in progress")
    assert (
        restored().judge(table(RestoreSummary={"RestoreInProgress": False})).kind == S
    )
