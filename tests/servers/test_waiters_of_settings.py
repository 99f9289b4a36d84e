"""Waiters for settings, backups, exports and imports, against moto."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from faces import BLOCKING, Face, every_face
from scenes import Witness, create, meanwhile

from dynawait import ImpossibleError, Polling

if TYPE_CHECKING:
    from collections.abc import Callable

    Connect = Callable[..., Any]

BRISK = Polling(floor=0.05)


@every_face
def test_time_to_live_is_awaited_both_ways(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Time to live is awaited until it is enabled, and until it is disabled."""
    client, witness = boto3_client(moto_url), Witness()
    create(client, table_name)

    def switch(*, enabled: bool) -> None:
        client.update_time_to_live(
            TableName=table_name,
            TimeToLiveSpecification={"Enabled": enabled, "AttributeName": "expires"},
        )

    with meanwhile(
        lambda: witness.until("wait.changed", part="DISABLED"),
        lambda: switch(enabled=True),
    ):
        state = face.wait(
            moto_url,
            "wait_for_time_to_live",
            table_name,
            attribute="expires",
            timeout=10,
            polling=BRISK,
            on_event=witness,
        )
    assert (state.status, state.attribute) == ("ENABLED", "expires")
    switch(enabled=False)
    state = face.wait(
        moto_url, "wait_for_time_to_live", table_name, enabled=False, timeout=10
    )
    assert state.status == "DISABLED"


@every_face
def test_point_in_time_recovery_is_awaited(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """Point-in-time recovery is awaited until somebody enables it."""
    client, witness = boto3_client(moto_url), Witness()
    create(client, table_name)
    with meanwhile(
        lambda: witness.until("wait.changed", part="DISABLED"),
        lambda: client.update_continuous_backups(
            TableName=table_name,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        ),
    ):
        state = face.wait(
            moto_url,
            "wait_for_point_in_time_recovery",
            table_name,
            timeout=10,
            polling=BRISK,
            on_event=witness,
        )
    assert state.point_in_time_recovery == "ENABLED"


@every_face
def test_a_resource_policy_is_awaited_until_it_can_be_read(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """A policy is awaited until it is there, and until it is gone."""
    client, witness = boto3_client(moto_url), Witness()
    create(client, table_name)
    arn = client.describe_table(TableName=table_name)["Table"]["TableArn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    with meanwhile(
        lambda: witness.until("wait.changed", part="does not exist"),
        lambda: client.put_resource_policy(ResourceArn=arn, Policy=policy),
    ):
        state = face.wait(
            moto_url,
            "wait_for_resource_policy",
            table_name,
            timeout=10,
            polling=BRISK,
            on_event=witness,
        )
    assert json.loads(state.policy) == json.loads(policy)
    client.delete_resource_policy(ResourceArn=arn)
    state = face.wait(
        moto_url, "wait_for_resource_policy", table_name, present=False, timeout=10
    )
    assert state.policy == ""


@every_face
def test_a_backup_and_what_is_restored_from_it_are_awaited(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """A backup is awaited until it is AVAILABLE, a restore until its table is."""
    client = boto3_client(moto_url)
    create(client, table_name)
    made = client.create_backup(TableName=table_name, BackupName="nightly")
    arn = made["BackupDetails"]["BackupArn"]
    backup = face.wait(moto_url, "wait_for_backup", arn, timeout=10)
    assert (backup.arn, backup.status) == (arn, "AVAILABLE")
    client.restore_table_from_backup(
        TargetTableName=f"{table_name}-restored", BackupArn=arn
    )
    state = face.wait(
        moto_url, "wait_for_restore", f"{table_name}-restored", timeout=10
    )
    assert state.status == "ACTIVE"


@every_face
def test_an_export_is_awaited_and_its_failure_has_a_reason(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """An export ends COMPLETED, or its error has the reason that the service gave."""
    client = boto3_client(moto_url)
    create(client, table_name)
    client.update_continuous_backups(
        TableName=table_name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    arn = client.describe_table(TableName=table_name)["Table"]["TableArn"]

    async def bucket() -> None:
        async with BLOCKING.open(
            moto_url, service="s3", s3={"addressing_style": "path"}
        ) as storage:
            storage.create_bucket(Bucket=table_name)

    def export(bucket: str) -> str:
        made = client.export_table_to_point_in_time(
            TableArn=arn, S3Bucket=bucket, S3Prefix="x"
        )
        found: str = made["ExportDescription"]["ExportArn"]
        return found

    BLOCKING.run(bucket)
    state = face.wait(moto_url, "wait_for_export", export(table_name), timeout=10)
    assert state.status == "COMPLETED"
    with pytest.raises(ImpossibleError, match="S3NoSuchBucket: The specified bucket"):
        face.wait(moto_url, "wait_for_export", export("absent-bucket"), timeout=10)


@every_face
def test_an_import_that_fails_has_a_reason(
    face: Face, moto_url: str, boto3_client: Connect, table_name: str
) -> None:
    """The error for a failed import has the reason that the service gave."""
    made = boto3_client(moto_url).import_table(
        S3BucketSource={"S3Bucket": "absent-bucket"},
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters={
            "TableName": table_name,
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    arn = made["ImportTableDescription"]["ImportArn"]
    with pytest.raises(ImpossibleError, match="import is FAILED: S3NoSuchBucket"):
        face.wait(moto_url, "wait_for_import", arn, timeout=10)
