"""Continuous backups and point-in-time recovery."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.simulation.samples import ORDERS, Desk
from tests.simulation.support import table

MISSING = "TableNotFoundException: Table not found: orders"
NOT_YET = (
    "ContinuousBackupsUnavailableException: Backups are being enabled for the table: "
    "orders. Please retry later"
)
START = datetime(2026, 1, 1, tzinfo=UTC)


def wanted(*, enabled: bool = True, **more: int) -> dict[str, Any]:
    """Return an UpdateContinuousBackups."""
    specification = {"PointInTimeRecoveryEnabled": enabled, **more}
    return {**ORDERS, "PointInTimeRecoverySpecification": specification}


def described(response: Any) -> tuple[str, dict[str, Any]]:
    """Return the status of continuous backups, and what is said of recovery."""
    description = response["ContinuousBackupsDescription"]
    status = description["ContinuousBackupsStatus"]
    return status, description["PointInTimeRecoveryDescription"]


def look(desk: Desk) -> tuple[str, dict[str, Any]]:
    """Return the same, from a describe."""
    return described(desk.ask("DescribeContinuousBackups", **ORDERS))


def test_recovery_is_switched_at_once() -> None:
    """The response has the new state; enabling again changes nothing, and disabling
    leaves continuous backups ENABLED.
    """
    desk = Desk()
    desk.create(table())
    off = {"PointInTimeRecoveryStatus": "DISABLED"}
    assert look(desk) == ("ENABLED", off)
    enabled = described(desk.ask("UpdateContinuousBackups", **wanted()))
    moment = START + timedelta(seconds=60)
    on = {
        "PointInTimeRecoveryStatus": "ENABLED",
        "RecoveryPeriodInDays": 35,
        "EarliestRestorableDateTime": moment,
        "LatestRestorableDateTime": moment,
    }
    assert enabled == look(desk) == ("ENABLED", on)
    desk.wait(10)
    assert described(desk.ask("UpdateContinuousBackups", **wanted())) == enabled
    desk.ask("UpdateContinuousBackups", **wanted(enabled=False))
    assert look(desk) == ("ENABLED", off)


def test_the_window_moves() -> None:
    """The latest time stays five minutes behind, the earliest the period behind, and
    neither is before recovery was enabled.
    """
    desk = Desk()
    desk.create(table())
    desk.ask("UpdateContinuousBackups", **wanted(RecoveryPeriodInDays=1))
    desk.wait(300)
    began = START + timedelta(seconds=60)
    _, recovery = look(desk)
    assert recovery["LatestRestorableDateTime"] == began
    desk.wait(2 * 86_400)
    _, recovery = look(desk)
    now = began + timedelta(days=2, minutes=5)
    assert recovery["LatestRestorableDateTime"] == now - timedelta(minutes=5)
    assert recovery["EarliestRestorableDateTime"] == now - timedelta(days=1)


def test_a_period_is_forgotten_with_recovery() -> None:
    """It is 35 days unless told otherwise, may be changed, cannot go with a disable,
    and is 35 days again after one.
    """
    desk = Desk()
    desk.create(table())
    desk.ask("UpdateContinuousBackups", **wanted(RecoveryPeriodInDays=7))
    desk.ask("UpdateContinuousBackups", **wanted())
    assert look(desk)[1]["RecoveryPeriodInDays"] == 7
    refusal = desk.refused(
        "UpdateContinuousBackups", **wanted(enabled=False, RecoveryPeriodInDays=7)
    )
    assert refusal == (
        "ValidationException: Invalid Request: Cannot specify RecoveryPeriodInDays "
        "when disabling point-in-time recovery."
    )
    for days in (0, 36):
        refusal = desk.refused(
            "UpdateContinuousBackups", **wanted(RecoveryPeriodInDays=days)
        )
        assert "recoveryPeriodInDays" in refusal
    desk.ask("UpdateContinuousBackups", **wanted(enabled=False))
    desk.ask("UpdateContinuousBackups", **wanted())
    assert look(desk)[1]["RecoveryPeriodInDays"] == 35


def test_backups_are_being_enabled_for_a_new_table() -> None:
    """First the table is not found, then its backups are being enabled, until two
    seconds after it is ACTIVE; a describe says DISABLED meanwhile.
    """
    desk = Desk()
    desk.create(table(), wait=0)
    for operation, request in (
        ("UpdateContinuousBackups", wanted()),
        ("CreateBackup", {**ORDERS, "BackupName": "first"}),
    ):
        assert desk.refused(operation, **request) == MISSING
    assert desk.refused("DescribeContinuousBackups", **ORDERS) == MISSING
    for moment in (2.1, 4.9, 5.0, 6.9):
        desk.time = moment
        assert desk.refused("UpdateContinuousBackups", **wanted()) == NOT_YET
        request = {**ORDERS, "BackupName": "first"}
        assert desk.refused("CreateBackup", **request) == NOT_YET
        assert look(desk) == ("DISABLED", {"PointInTimeRecoveryStatus": "DISABLED"})
    desk.time = 7.0
    assert look(desk)[0] == "ENABLED"
    desk.ask("UpdateContinuousBackups", **wanted())


def test_a_missing_table_has_a_code_of_its_own() -> None:
    """The backup operations say TableNotFoundException; of a dying table after a
    second.
    """
    desk = Desk()
    assert desk.refused("DescribeContinuousBackups", **ORDERS) == MISSING
    desk.create(table())
    desk.delete()
    desk.ask("UpdateContinuousBackups", **wanted())
    desk.wait(1.2)
    assert desk.refused("UpdateContinuousBackups", **wanted()) == MISSING
