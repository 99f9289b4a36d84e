"""The waiters for settings and for jobs, a row each."""

from __future__ import annotations

from tests.core.fakes import ACTIVE, ARN, refusal
from tests.core.responses import (
    BACKUP,
    EXPORT,
    IMPORT,
    STREAM,
    backup,
    destination,
    export,
    imported,
    insights,
    recovery,
    time_to_live,
)
from tests.core.rows import Waiter

WITHOUT_POLICY = refusal("PolicyNotFoundException", "No policy is attached")
SETTINGS = [
    Waiter(
        "wait_for_time_to_live",
        time_to_live("ENABLED", "expires"),
        operation="DescribeTimeToLive",
        passes=(time_to_live("DISABLED"), time_to_live("ENABLING", "expires")),
        result=lambda state: state.attribute == "expires",
    ),
    Waiter(
        "wait_for_time_to_live",
        time_to_live("ENABLED", "expires"),
        options={"attribute": "expires"},
        operation="DescribeTimeToLive",
        passes=(time_to_live("DISABLING", "old"), time_to_live("DISABLED")),
        result=lambda state: state.attribute == "expires",
        fails={"time to live is enabled on old": time_to_live("ENABLED", "old")},
    ),
    Waiter(
        "wait_for_time_to_live",
        time_to_live("DISABLED"),
        arguments=("orders", False),
        operation="DescribeTimeToLive",
        passes=(time_to_live("ENABLED", "expires"), time_to_live("DISABLING")),
        result=lambda state: state.status == "DISABLED",
    ),
    Waiter(
        "wait_for_point_in_time_recovery",
        recovery("ENABLED"),
        operation="DescribeContinuousBackups",
        passes=(recovery(None), recovery("DISABLED")),
        result=lambda state: state.point_in_time_recovery == "ENABLED",
    ),
    Waiter(
        "wait_for_point_in_time_recovery",
        recovery("DISABLED"),
        arguments=("orders", False),
        operation="DescribeContinuousBackups",
        passes=(recovery("ENABLED"),),
        result=lambda state: state.point_in_time_recovery == "DISABLED",
    ),
    Waiter(
        "wait_for_kinesis_destination",
        destination("ACTIVE"),
        arguments=("orders", STREAM),
        operation="DescribeKinesisStreamingDestination",
        passes=(
            {"KinesisDataStreamDestinations": []},
            destination("ACTIVE", arn=f"{STREAM}-other"),
            destination("ENABLING"),
            destination("UPDATING"),
        ),
        result=lambda state: (state.stream_arn, state.status) == (STREAM, "ACTIVE"),
        fails={
            "the stream is gone": destination(
                "ENABLE_FAILED", words="the stream is gone"
            )
        },
    ),
    Waiter(
        "wait_for_kinesis_destination",
        {"KinesisDataStreamDestinations": []},
        arguments=("orders", STREAM, False),
        operation="DescribeKinesisStreamingDestination",
        passes=(destination("ACTIVE"), destination("DISABLING")),
        result=lambda state: state.status == "ABSENT",
    ),
    Waiter(
        "wait_for_kinesis_destination",
        destination("DISABLED"),
        arguments=("orders", STREAM, False),
        operation="DescribeKinesisStreamingDestination",
        passes=(destination("DISABLING"),),
        result=lambda state: state.status == "DISABLED",
    ),
    *(
        Waiter(
            "wait_for_contributor_insights",
            insights("ENABLED"),
            options=options,
            operation="DescribeContributorInsights",
            passes=(insights("DISABLED"), insights("ENABLING")),
            result=lambda state: state.status == "ENABLED",
            fails={
                "LimitExceededException: too many rules": insights(
                    "FAILED",
                    ExceptionName="LimitExceededException",
                    ExceptionDescription="too many rules",
                )
            },
        )
        for options in ({}, {"index": "by-email"})
    ),
    Waiter(
        "wait_for_contributor_insights",
        insights("DISABLED"),
        arguments=("orders", False),
        operation="DescribeContributorInsights",
        passes=(insights("ENABLED"), insights("DISABLING")),
        result=lambda state: state.status == "DISABLED",
    ),
    Waiter(
        "wait_for_contributor_insights",
        insights("FAILED", ExceptionDescription="denied"),
        arguments=("orders", False),
        operation="DescribeContributorInsights",
        passes=(insights("ENABLING"),),
        result=lambda state: state.failure_description == "denied",
    ),
    *(
        Waiter(
            "wait_for_resource_policy",
            {"Policy": "{}", "RevisionId": "2"},
            arguments=(name,),
            options={"revision_id": "2"},
            operation="GetResourcePolicy",
            passes=(WITHOUT_POLICY, {"Policy": "{}", "RevisionId": "1"}),
            result=lambda state: state.revision_id == "2",
            missing=WITHOUT_POLICY,
            before={"DescribeTable": ACTIVE},
        )
        for name in ("orders", ARN)
    ),
    Waiter(
        "wait_for_resource_policy",
        WITHOUT_POLICY,
        arguments=(ARN, False),
        operation="GetResourcePolicy",
        passes=({"Policy": "{}", "RevisionId": "1"},),
        result=lambda state: not state.policy,
        missing=None,
    ),
]
JOBS = [
    Waiter(
        "wait_for_export",
        export("COMPLETED"),
        arguments=(EXPORT,),
        operation="DescribeExport",
        passes=(export("IN_PROGRESS"),),
        result=lambda state: state.status == "COMPLETED",
        fails={
            "S3NoSuchBucket: no such bucket": export(
                "FAILED", FailureCode="S3NoSuchBucket", FailureMessage="no such bucket"
            )
        },
        missing=refusal("ExportNotFoundException", "Export not found"),
    ),
    Waiter(
        "wait_for_import",
        imported("COMPLETED"),
        arguments=(IMPORT,),
        operation="DescribeImport",
        passes=(imported("IN_PROGRESS"),),
        result=lambda state: state.status == "COMPLETED",
        fails={
            "ItemValidationError: bad items": imported(
                "FAILED", FailureCode="ItemValidationError", FailureMessage="bad items"
            ),
            "import is CANCELLING": imported("CANCELLING"),
            "import is CANCELLED": imported("CANCELLED"),
        },
        missing=refusal("ImportNotFoundException", "Import not found"),
    ),
    Waiter(
        "wait_for_backup",
        backup("AVAILABLE"),
        arguments=(BACKUP,),
        operation="DescribeBackup",
        passes=(backup("CREATING"),),
        result=lambda state: state.status == "AVAILABLE",
        fails={"backup is DELETED": backup("DELETED")},
        missing=refusal("BackupNotFoundException", "Backup not found"),
    ),
]
