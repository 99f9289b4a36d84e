"""Backups and restores, as somebody who asks for them sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dynawait.errors import ChangeError, PlanError, TableConflictError
from dynawait.testing import Ending, SimulatedDynamoDB
from tests.core.fakes import Script
from tests.core.setting_changes import (
    TARGET,
    of_backup,
    recovery,
    run,
    service_with,
    writes,
)
from tests.core.test_safe_settings import scripted
from tests.simulation.samples import ARN, ORDERS
from tests.simulation.support import indexed_table, table

BACKUP = "safe_create_backup"
FROM_BACKUP = "safe_restore_table_from_backup"
TO_A_TIME = "safe_restore_table_to_point_in_time"
NIGHTLY = {**ORDERS, "BackupName": "nightly"}
LATEST = {**TARGET, "SourceTableName": "orders", "UseLatestRestorableTime": True}
RECOVERABLE = ("update_continuous_backups", recovery())
BACKED_UP = ("create_backup", NIGHTLY)
A_BACKUP = f"{ARN}/backup/01767225620907-00000002"


# Backups


def test_a_backup_of_this_name_is_adopted() -> None:
    """Whoever made it; the result is its state."""
    service = service_with(BACKED_UP)
    result = run(service, BACKUP, **NIGHTLY)
    assert not result.done
    assert (result.state.name, result.state.status) == ("nightly", "AVAILABLE")
    assert result.state.table == "orders"
    assert result.table is None


def test_a_backup_of_an_earlier_table_does_not_count() -> None:
    """A table of the same name is another table."""
    service = service_with(BACKED_UP)
    client = service.client()
    client.delete_table(**ORDERS)
    service.clock.advance(60)
    client.create_table(**indexed_table())
    service.clock.advance(60)
    result = run(service, BACKUP, **NIGHTLY)
    assert len(result.done) == 1
    described = client.describe_table(**ORDERS)["Table"]
    assert result.state.table_id == described["TableId"]


def test_a_backup_on_a_later_page_is_found() -> None:
    """The list of backups is read to its end."""
    service = service_with(BACKED_UP)
    client = service.client()
    for number in range(150):
        client.create_backup(**ORDERS, BackupName=f"backup-{number}")
    service.clock.advance(1)
    for name in ("nightly", "backup-149"):
        assert not run(service, BACKUP, **ORDERS, BackupName=name).done


def test_a_backup_that_is_deleted_while_it_is_made_is_an_error() -> None:
    """It is not made again and again; asked for again, it is made anew."""
    service = service_with()
    service.plane.arrange("backup", Ending("DELETED"))
    before = len(service.calls)
    with pytest.raises(ChangeError, match="backup nightly is DELETED"):
        run(service, BACKUP, **NIGHTLY)
    assert len(writes(service, before)) == 1
    assert run(service, BACKUP, **NIGHTLY).state.status == "AVAILABLE"


def test_two_backups_at_once_do_not_share_their_looks() -> None:
    """Each looks for its own name, through one client."""
    service = service_with()
    first = run(service, BACKUP, **NIGHTLY)
    second = run(service, BACKUP, **ORDERS, BackupName="weekly")
    assert (first.state.name, second.state.name) == ("nightly", "weekly")


# Restores


def test_a_restore_ends_when_the_table_is_quiet() -> None:
    """Not when DynamoDB has accepted it."""
    service = service_with(BACKED_UP)
    result = run(service, FROM_BACKUP, **of_backup(service))
    assert result.table.status == "ACTIVE"
    assert 200 <= result.elapsed < 220
    assert [step.operation for step in result.done] == ["RestoreTableFromBackup"]


def test_a_restore_that_runs_is_adopted() -> None:
    """From the same backup; the run ends when it has ended."""
    service = service_with(BACKED_UP)
    asked = of_backup(service)
    service.client().restore_table_from_backup(**asked)
    service.clock.advance(100)
    before = len(service.calls)
    result = run(service, FROM_BACKUP, **asked)
    assert not writes(service, before)
    assert result.already
    assert 100 <= result.elapsed < 120


def test_a_restore_from_elsewhere_is_a_conflict() -> None:
    """Another backup, or a point in time: the error says which."""
    service = service_with(BACKED_UP, RECOVERABLE)
    asked = of_backup(service)
    service.client().restore_table_to_point_in_time(**LATEST)
    with pytest.raises(TableConflictError, match="comes from a point in time"):
        run(service, FROM_BACKUP, **asked)
    other = {**LATEST, "SourceTableName": "customers"}
    with pytest.raises(TableConflictError, match="it is orders, not customers"):
        run(service, TO_A_TIME, **other)
    result = run(service, TO_A_TIME, **LATEST)
    assert not result.done


def test_another_time_is_a_conflict() -> None:
    """A restore to the very second is adopted, one to another is not."""
    service = service_with(RECOVERABLE)
    moment = service.clock.moment() - timedelta(minutes=30)
    asked = {**TARGET, "SourceTableName": "orders", "RestoreDateTime": moment}
    service.client().restore_table_to_point_in_time(**asked)
    later = {**asked, "RestoreDateTime": moment + timedelta(minutes=1)}
    with pytest.raises(TableConflictError, match="RestoreDateTime: it is 2026"):
        run(service, TO_A_TIME, **later)
    assert not run(service, TO_A_TIME, **asked).done


def test_a_table_that_does_not_say_where_it_comes_from_is_a_conflict() -> None:
    """Unless the caller says that it counts; what is being deleted is waited for."""
    service = service_with(BACKED_UP)
    asked = of_backup(service)
    client = service.client()
    client.create_table(**table("restored"))
    service.clock.advance(60)
    with pytest.raises(TableConflictError, match="adopt=True") as caught:
        run(service, FROM_BACKUP, **asked)
    assert caught.value.existing.name == "restored"
    assert not run(service, FROM_BACKUP, adopt=True, **asked).done
    client.delete_table(TableName="restored")
    assert len(run(service, FROM_BACKUP, **asked).done) == 1


def test_a_restored_table_that_somebody_deletes_is_not_restored_again() -> None:
    """Once it was seen, its end is an error."""
    stages = iter(["ABSENT", "CREATING", "CREATING"])
    described = {
        "TableName": "restored",
        "TableId": "1",
        "TableStatus": "CREATING",
        "RestoreSummary": {"SourceBackupArn": A_BACKUP, "RestoreInProgress": True},
    }

    def answer(call: Any) -> Any:
        if call.operation != "DescribeTable":
            return {}
        if next(stages, "ABSENT") == "ABSENT":
            raise not_found("ResourceNotFoundException")
        return {"Table": described}

    script = Script(answer)
    with pytest.raises(ChangeError, match="gone"):
        scripted(script, FROM_BACKUP, **TARGET, BackupArn=A_BACKUP)
    sent = [call for call in script.calls if call.operation != "DescribeTable"]
    assert len(sent) == 1


def not_found(code: str) -> Exception:
    """Return the refusal of what does not exist."""
    from tests.core.fakes import refusal

    return refusal(code, "not found")


def test_a_source_that_is_missing_is_named() -> None:
    """The error has the words of AWS; nothing was made."""
    service = service_with()
    with pytest.raises(ChangeError, match="Backup not found"):
        run(service, FROM_BACKUP, **TARGET, BackupArn=A_BACKUP)
    with pytest.raises(ChangeError, match="recovery is not enabled"):
        run(service, TO_A_TIME, **LATEST)
    with pytest.raises(ChangeError, match="Table not found"):
        run(service, TO_A_TIME, **{**LATEST, "SourceTableName": "customers"})
    assert "restored" not in service.tables


BAD: list[tuple[str, dict[str, Any], str]] = [
    (BACKUP, {**ORDERS, "BackupName": "no"}, "BackupName: expected at least 3"),
    (BACKUP, {**ORDERS, "BackupName": "a b c"}, "BackupName: .*letters, digits"),
    (BACKUP, ORDERS, "BackupName is missing"),
    (FROM_BACKUP, TARGET, "BackupArn is missing"),
    (FROM_BACKUP, {**TARGET, "BackupArn": "x" * 40}, "not the ARN of a backup"),
    (FROM_BACKUP, {"TargetTableName": "a", "BackupArn": A_BACKUP}, "at least 3"),
    (
        FROM_BACKUP,
        {
            **TARGET,
            "BackupArn": A_BACKUP,
            "BillingModeOverride": "PAY_PER_REQUEST",
            "ProvisionedThroughputOverride": {
                "ReadCapacityUnits": 1,
                "WriteCapacityUnits": 1,
            },
        },
        "ProvisionedThroughputOverride: leave it out",
    ),
    (
        FROM_BACKUP,
        {
            **TARGET,
            "BackupArn": A_BACKUP,
            "BillingModeOverride": "PROVISIONED",
            "OnDemandThroughputOverride": {"MaxReadRequestUnits": 0},
        },
        "leave it out .*; OnDemandThroughputOverride.MaxReadRequestUnits: expected 1",
    ),
    (TO_A_TIME, {**TARGET, "UseLatestRestorableTime": True}, "give one of them"),
    (TO_A_TIME, {**TARGET, "SourceTableName": "orders"}, "RestoreDateTime, Use"),
    (
        TO_A_TIME,
        {**LATEST, "SourceTableArn": ARN},
        "SourceTableName, SourceTableArn: give one",
    ),
    (TO_A_TIME, {**LATEST, "TargetTableName": "orders"}, "orders is the source"),
    (
        TO_A_TIME,
        {**TARGET, "SourceTableArn": "orders", "UseLatestRestorableTime": True},
        "SourceTableArn: not the ARN of a table",
    ),
    (TO_A_TIME, {**LATEST, "RestoreDateTime": "2026-01-01"}, "give one of them"),
    (
        TO_A_TIME,
        {**TARGET, "SourceTableName": "orders", "RestoreDateTime": "2035-01-01"},
        "is in the future",
    ),
    (
        TO_A_TIME,
        {**TARGET, "SourceTableName": "orders", "RestoreDateTime": [2026]},
        "RestoreDateTime: expected a datetime",
    ),
    (
        TO_A_TIME,
        {**TARGET, "SourceTableName": "orders", "RestoreDateTime": 1e30},
        "RestoreDateTime: expected a datetime",
    ),
]


@pytest.mark.parametrize(("name", "request_", "expected"), BAD)
def test_bad_input_is_refused_before_the_first_call(
    name: str, request_: dict[str, Any], expected: str
) -> None:
    """The error names the parameter and the rule; nothing was even looked at."""
    service = SimulatedDynamoDB()
    with pytest.raises(PlanError, match=expected):
        run(service, name, **request_)
    assert not service.calls


def test_a_dry_run_restores_nothing() -> None:
    """It says what it would do, and from what."""
    service = service_with(BACKED_UP)
    asked = of_backup(service)
    before = len(service.calls)
    plan = run(service, FROM_BACKUP, dry_run=True, **asked)
    assert [step.title for step in plan] == ["restore restored"]
    assert asked["BackupArn"] in str(plan)
    assert not writes(service, before)
