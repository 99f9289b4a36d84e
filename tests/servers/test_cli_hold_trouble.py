"""``dynawait locks hold`` when the lock cannot be given back as it should.

The command line runs in this process here, so that its lock client can be spoilt.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from command_line import NOBODY

from dynawait._cli import run as cli
from dynawait.errors import LockError, ServiceError
from dynawait.locks.outcomes import ReleaseOutcome
from dynawait.sync.locks import LockClient, TerraformLocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from dynawait.sync.locks import Lease

if os.name == "nt":
    pytest.skip("the commands are POSIX's", allow_module_level=True)

COMMAND = ("--", "sh", "-c", "exit 7")


@pytest.fixture
def hold(
    *,
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str]]:
    """Give what runs it, and returns its code and its errors."""
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)

    def run(*options: str, dialect: Any = "amazon") -> tuple[int, str]:
        client = boto3_client(simulated_url)
        LockClient(client, table_name, dialect=dialect).ensure_table()
        where = ("--lock-table", table_name, "--endpoint-url", simulated_url)
        code = cli.run(("locks", "hold", "orders", *where, *options, *COMMAND))
        return code, capfd.readouterr().err

    return run


def test_a_refused_release_is_told_and_changes_no_code(
    hold: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work is done, and the lock ends with its lease."""
    release: Any = LockClient.release

    def refuse(locks: LockClient, lease: Lease) -> ReleaseOutcome:
        release(locks, lease)  # else it would be renewed for as long as we run
        raise ServiceError(
            code="AccessDeniedException",
            message="not authorized",
            operation="UpdateItem",
            table="locks",
        )

    monkeypatch.setattr(LockClient, "release", refuse)
    code, err = hold()
    assert code == 7
    assert "orders: it could not be released (" in err
    assert "it ends with its lease" in err


def test_a_lock_that_another_has_taken_at_the_end_was_lost(
    hold: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1, though nobody had noticed before."""
    release: Any = LockClient.release

    def come_late(locks: LockClient, lease: Lease) -> ReleaseOutcome:
        release(locks, lease)
        return ReleaseOutcome.ALREADY_LOST

    monkeypatch.setattr(LockClient, "release", come_late)
    code, err = hold()
    assert code == 1
    assert "another client has taken it" in err
    assert "ended by itself by then, with 7" in err


def test_a_lock_of_terraforms_that_may_be_left_is_an_error(
    hold: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no lease to end with."""
    real: Any = TerraformLocks.hold

    class Unclear:
        """A hold whose release has no answer."""

        def __init__(self, *args: Any, **options: Any) -> None:
            self.inner = real(*args, **options)

        def __enter__(self) -> Any:
            return self.inner.__enter__()

        def __exit__(self, *facts: object) -> None:
            self.inner.__exit__(*facts)
            raise LockError("no answer to its release", key="orders")

    def unclear(*args: Any, **options: Any) -> Unclear:
        return Unclear(*args, **options)

    monkeypatch.setattr(TerraformLocks, "hold", unclear)
    code, err = hold(dialect="terraform")
    assert code == 1
    assert "no answer to its release" in err
    assert "ended by itself by then, with 7" in err


def test_the_owner_can_be_named(
    hold: Callable[..., tuple[int, str]],
    simulated_url: str,
    table_name: str,
    boto3_client: Callable[..., DynamoDBClient],
) -> None:
    """For people who read the table."""
    assert hold("--owner", "release 7")[0] == 7
    record = LockClient(boto3_client(simulated_url), table_name).inspect("orders")
    assert record is not None
    assert (record.owner, record.released) == ("release 7", True)
