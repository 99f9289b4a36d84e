"""Settings and jobs through the real protocol, with boto3."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from dynawait.testing import Durations, SimulatedServer
from tests.simulation.samples import ARN, NEW_TABLE, ORDERS, POLICY, SOURCE, STREAM
from tests.simulation.support import table

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = Durations(
    table_create=0,
    settings_lag=0,
    backups_enabling=0,
    tags_read=0,
    tags_lock=0,
    policy_read=0,
    kinesis_enable=0,
    insights_enable=0,
    backup=0,
    export=0,
    restore=0,
    import_unseen=0,
    import_table=0,
    import_settle=0,
)
CREDENTIALS: dict[str, Any] = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A boto3 client of a server on which everything is done at once."""
    once = Config(retries={"total_max_attempts": 1})
    with SimulatedServer(durations=QUICK) as server:
        client = boto3.client(
            "dynamodb", endpoint_url=server.url, config=once, **CREDENTIALS
        )
        client.create_table(**table())
        client.update_continuous_backups(
            **ORDERS,
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
        yield client
        client.close()


def test_settings_over_http(client: Any) -> None:
    """Each is set and read back, dates as dates, and an empty response is one."""
    specification = {"Enabled": True, "AttributeName": "expires"}
    client.update_time_to_live(**ORDERS, TimeToLiveSpecification=specification)
    described = client.describe_time_to_live(**ORDERS)["TimeToLiveDescription"]
    assert described["TimeToLiveStatus"] == "ENABLED"
    client.tag_resource(ResourceArn=ARN, Tags=[{"Key": "team", "Value": "shop"}])
    listed = client.list_tags_of_resource(ResourceArn=ARN)
    assert listed["Tags"] == [{"Key": "team", "Value": "shop"}]
    client.put_resource_policy(ResourceArn=ARN, Policy=POLICY)
    assert client.get_resource_policy(ResourceArn=ARN)["Policy"] == POLICY
    client.enable_kinesis_streaming_destination(**ORDERS, StreamArn=STREAM)
    found = client.describe_kinesis_streaming_destination(**ORDERS)
    (destination,) = found["KinesisDataStreamDestinations"]
    assert destination["DestinationStatus"] == "ACTIVE"
    client.update_contributor_insights(**ORDERS, ContributorInsightsAction="ENABLE")
    insights = client.describe_contributor_insights(**ORDERS)
    assert isinstance(insights["LastUpdateDateTime"], datetime)


def test_jobs_over_http(client: Any) -> None:
    """Times go both ways; botocore's own tokens make a retry the same job."""
    window = client.describe_continuous_backups(**ORDERS)
    window = window["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    earliest = window["EarliestRestorableDateTime"]
    response = client.restore_table_to_point_in_time(
        SourceTableName="orders", TargetTableName="restored", RestoreDateTime=earliest
    )
    summary = response["TableDescription"]["RestoreSummary"]
    assert abs(summary["RestoreDateTime"] - earliest) < timedelta(seconds=1)
    exported = client.export_table_to_point_in_time(
        TableArn=ARN, S3Bucket="exports", ExportTime=earliest
    )["ExportDescription"]
    found = client.describe_export(ExportArn=exported["ExportArn"])
    assert found["ExportDescription"]["ExportStatus"] == "COMPLETED"
    imported = client.import_table(
        S3BucketSource=SOURCE,
        InputFormat="ION",
        TableCreationParameters=NEW_TABLE,
    )["ImportTableDescription"]
    found = client.describe_import(ImportArn=imported["ImportArn"])
    assert found["ImportTableDescription"]["ImportStatus"] == "COMPLETED"
    client.create_backup(**ORDERS, BackupName="nightly")
    later = datetime.now(UTC) + timedelta(days=1)
    listed = client.list_backups(TimeRangeUpperBound=later)
    assert [one["BackupName"] for one in listed["BackupSummaries"]] == ["nightly"]


def test_errors_over_http(client: Any) -> None:
    """They are the classes of boto3's own client."""
    errors = client.exceptions
    with pytest.raises(errors.TableNotFoundException):
        client.describe_continuous_backups(TableName="absent")
    with pytest.raises(errors.BackupNotFoundException):
        client.describe_backup(BackupArn=f"{ARN}/backup/0")
    with pytest.raises(errors.InvalidRestoreTimeException):
        client.restore_table_to_point_in_time(
            SourceTableName="orders",
            TargetTableName="later",
            RestoreDateTime=datetime.now(UTC) + timedelta(days=1),
        )
    with pytest.raises(errors.TableAlreadyExistsException):
        client.restore_table_to_point_in_time(
            SourceTableName="orders",
            TargetTableName="orders",
            UseLatestRestorableTime=True,
        )
    with pytest.raises(
        errors.ClientError, match=r"TimeToLive is (already disabled|active on)"
    ):
        client.update_time_to_live(
            **ORDERS,
            TimeToLiveSpecification={"Enabled": False, "AttributeName": "other"},
        )
