"""Work that DynamoDB does once and reports on: exports, imports, backups."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ._frozen import EMPTY
from ._reader import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self


@dataclass(frozen=True, slots=True)
class ExportState:
    """An export of a table to S3, as DescribeExport saw it.

    Attributes:
        arn: its ARN; empty when nothing was said.
        status: ``"IN_PROGRESS"``, ``"COMPLETED"``, ``"FAILED"``.
        type: ``"FULL_EXPORT"`` or ``"INCREMENTAL_EXPORT"``.
        format: ``"DYNAMODB_JSON"`` or ``"ION"``.
        table_arn: the table.
        table_id: its incarnation.
        point_in_time: the time that the items are exported as of.
        increment_from: where the increment begins (inclusive).
        increment_to: where the increment ends (exclusive).
        increment_view_type: ``"NEW_IMAGE"`` or ``"NEW_AND_OLD_IMAGES"``.
        started_at: when it began.
        ended_at: when it ended; None while it runs.
        bucket: the bucket that is written to.
        bucket_owner: the account of the bucket.
        prefix: the prefix of the objects.
        encryption: of the objects, ``"AES256"`` or ``"KMS"``.
        encryption_key: the key, with KMS.
        manifest: the object that lists what was exported.
        size_bytes: how much is billed.
        item_count: how many items were exported.
        failure_code: the error that made it FAILED.
        failure_message: AWS's own words about that error.
        raw: the very description that was parsed, without the envelope around it.
    """

    arn: str
    _: KW_ONLY
    status: str
    type: str | None = None
    format: str | None = None
    table_arn: str | None = None
    table_id: str | None = None
    point_in_time: datetime | None = None
    increment_from: datetime | None = None
    increment_to: datetime | None = None
    increment_view_type: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    bucket: str | None = None
    bucket_owner: str | None = None
    prefix: str | None = None
    encryption: str | None = None
    encryption_key: str | None = None
    manifest: str | None = None
    size_bytes: int | None = None
    item_count: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeExport returned, or the description inside.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeExport").unwrap("ExportDescription")
        increment = reader.inside("IncrementalExportSpecification")
        return cls(
            reader.text("ExportArn") or "",
            status=reader.required("ExportStatus"),
            type=reader.text("ExportType"),
            format=reader.text("ExportFormat"),
            table_arn=reader.text("TableArn"),
            table_id=reader.text("TableId"),
            point_in_time=reader.moment("ExportTime"),
            increment_from=increment.moment("ExportFromTime"),
            increment_to=increment.moment("ExportToTime"),
            increment_view_type=increment.text("ExportViewType"),
            started_at=reader.moment("StartTime"),
            ended_at=reader.moment("EndTime"),
            bucket=reader.text("S3Bucket"),
            bucket_owner=reader.text("S3BucketOwner"),
            prefix=reader.text("S3Prefix"),
            encryption=reader.text("S3SseAlgorithm"),
            encryption_key=reader.text("S3SseKmsKeyId"),
            manifest=reader.text("ExportManifest"),
            size_bytes=reader.number("BilledSizeBytes"),
            item_count=reader.number("ItemCount"),
            failure_code=reader.text("FailureCode"),
            failure_message=reader.text("FailureMessage"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class ImportState:
    """An import from S3 into a new table, as DescribeImport saw it.

    Attributes:
        arn: its ARN; empty when nothing was said.
        status: ``"IN_PROGRESS"``, ``"COMPLETED"``, ``"CANCELLED"``, ...
        table: the name of the new table; empty when nothing was said.
        table_arn: its ARN.
        table_id: its incarnation.
        started_at: when the import began.
        ended_at: when it ended; None while it runs.
        bucket: the bucket that is read.
        bucket_owner: the account of the bucket.
        prefix: the prefix of the objects.
        format: ``"DYNAMODB_JSON"``, ``"ION"`` or ``"CSV"``.
        compression: ``"GZIP"``, ``"ZSTD"`` or ``"NONE"``.
        log_group_arn: the CloudWatch log group that names the errors.
        error_count: how many items could not be imported.
        processed_bytes: how much was read.
        processed_count: how many items were read.
        imported_count: how many items are in the table.
        failure_code: the error that made it FAILED.
        failure_message: AWS's own words about that error.
        raw: the very description that was parsed, without the envelope around it.
    """

    arn: str
    _: KW_ONLY
    status: str
    table: str = ""
    table_arn: str | None = None
    table_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    bucket: str | None = None
    bucket_owner: str | None = None
    prefix: str | None = None
    format: str | None = None
    compression: str | None = None
    log_group_arn: str | None = None
    error_count: int | None = None
    processed_bytes: int | None = None
    processed_count: int | None = None
    imported_count: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeImport returned, or the description inside.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        whole = Reader(response, source="DescribeImport")
        reader = whole.unwrap("ImportTableDescription")
        source = reader.inside("S3BucketSource")
        return cls(
            reader.text("ImportArn") or "",
            status=reader.required("ImportStatus"),
            table=reader.inside("TableCreationParameters").text("TableName") or "",
            table_arn=reader.text("TableArn"),
            table_id=reader.text("TableId"),
            started_at=reader.moment("StartTime"),
            ended_at=reader.moment("EndTime"),
            bucket=source.text("S3Bucket"),
            bucket_owner=source.text("S3BucketOwner"),
            prefix=source.text("S3KeyPrefix"),
            format=reader.text("InputFormat"),
            compression=reader.text("InputCompressionType"),
            log_group_arn=reader.text("CloudWatchLogGroupArn"),
            error_count=reader.number("ErrorCount"),
            processed_bytes=reader.number("ProcessedSizeBytes"),
            processed_count=reader.number("ProcessedItemCount"),
            imported_count=reader.number("ImportedItemCount"),
            failure_code=reader.text("FailureCode"),
            failure_message=reader.text("FailureMessage"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class BackupState:
    """A backup, as DescribeBackup or CreateBackup saw it.

    Attributes:
        arn: its ARN; empty when nothing was said.
        status: ``"CREATING"``, ``"AVAILABLE"``, ``"DELETED"``.
        name: its name; empty when nothing was said.
        type: ``"USER"``, ``"SYSTEM"`` or ``"AWS_BACKUP"``.
        size_bytes: its size; DynamoDB updates it about every six hours.
        created_at: when it was asked for.
        expires_at: when DynamoDB deletes it, if it is a SYSTEM backup.
        table: the table that was backed up; empty when nothing was said.
        table_arn: the ARN of that table.
        table_id: its incarnation.
        item_count: how many items it held.
        raw: the very description that was parsed, without the envelope around it.
    """

    arn: str
    _: KW_ONLY
    status: str
    name: str = ""
    type: str | None = None
    size_bytes: int | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    table: str = ""
    table_arn: str | None = None
    table_id: str | None = None
    item_count: int | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeBackup or CreateBackup returned, or its BackupDetails.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeBackup").unwrap("BackupDescription")
        details = reader.unwrap("BackupDetails")
        source = reader.inside("SourceTableDetails")
        return cls(
            details.text("BackupArn") or "",
            status=details.required("BackupStatus"),
            name=details.text("BackupName") or "",
            type=details.text("BackupType"),
            size_bytes=details.number("BackupSizeBytes"),
            created_at=details.moment("BackupCreationDateTime"),
            expires_at=details.moment("BackupExpiryDateTime"),
            table=source.text("TableName") or "",
            table_arn=source.text("TableArn"),
            table_id=source.text("TableId"),
            item_count=source.number("ItemCount"),
            raw=reader.mapping,
        )
