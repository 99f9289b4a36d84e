"""Tables of locks for tests of the command line, and rows that others have written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dynawait.locks._dialects.info import write_info

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

PATH = "states/app.tfstate"
LOCK_ID = "9f8b3c21-7a55-4c1e-8f4d-1c2f3a4b5c6d"
MD5 = "0123456789abcdef0123456789abcdef"

AMAZON = {
    "key": {"S": "orders"},
    "ownerName": {"S": "java-owner"},
    "leaseDuration": {"S": "20000"},
    "recordVersionNumber": {"S": "4b8a6475-0000-4000-8000-000000000001"},
}
GO = {
    "key": {"S": "orders"},
    "ownerName": {"S": "go-owner"},
    "leaseDuration": {"S": "20s"},
    "recordVersionNumber": {"S": "4b8a6475-0000-4000-8000-000000000002"},
}
PYTHON = {
    "lock_key": {"S": "orders"},
    "sort_key": {"S": "-"},
    "owner_name": {"S": "python-owner"},
    "lease_duration": {"N": "20"},
    "record_version_number": {"S": "4b8a6475-0000-4000-8000-000000000003"},
    "expiry_time": {"N": "1900000000"},
}


def terraform_row(
    path: str = PATH,
    lock_id: str = LOCK_ID,
    *,
    who: str = "ci@runner-7",
    created: datetime | None = None,
) -> dict[str, Any]:
    """Return a row as Terraform writes it."""
    info = write_info(
        lock_id=lock_id,
        operation="OperationTypeApply",
        info="",
        who=who,
        version="1.11.4",
        created=created or datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        path=path,
    )
    return {"LockID": {"S": path}, "Info": {"S": info}}


def digest_row(path: str = PATH, digest: str = MD5) -> dict[str, Any]:
    """Return the row of a digest."""
    return {"LockID": {"S": f"{path}-md5"}, "Digest": {"S": digest}}


def make_table(cli: CommandLine, *rows: dict[str, Any], keys: str = "key") -> None:
    """Create the table ``locks``, whose keys are separated by a space, with rows."""
    names = keys.split()
    kinds = ("HASH", "RANGE")
    cli.table(
        "locks",
        KeySchema=[
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(names, kinds, strict=False)
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in names
        ],
    )
    for row in rows:
        cli.client.put_item(TableName="locks", Item=row)


def rows_of(cli: CommandLine) -> list[dict[str, Any]]:
    """Return what lies in the table."""
    found: list[dict[str, Any]] = cli.client.scan(TableName="locks")["Items"]
    return found
