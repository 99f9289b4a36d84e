"""The settings of a table that have describe operations of their own."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any

from ._frozen import EMPTY
from ._reader import Reader, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self


@dataclass(frozen=True, slots=True)
class TimeToLiveState:
    """Time to live, as DescribeTimeToLive saw it.

    Attributes:
        status: ``"ENABLING"``, ``"ENABLED"``, ``"DISABLING"``, ``"DISABLED"``.
        attribute: the attribute that holds the time of expiry; None when it is off.
        raw: the very description that was parsed, without the envelope around it.
    """

    status: str
    _: KW_ONLY
    attribute: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeTimeToLive returned, or the description inside.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeTimeToLive")
        reader = reader.unwrap("TimeToLiveDescription")
        return cls(
            reader.required("TimeToLiveStatus"),
            attribute=reader.text("AttributeName"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class BackupsState:
    """Continuous backups and point-in-time recovery, as DescribeContinuousBackups saw.

    Attributes:
        status: of continuous backups; ``"ENABLED"`` does not mean that point-in-time
            recovery is on.
        point_in_time_recovery: ``"ENABLED"`` or ``"DISABLED"``.
        recovery_period_days: how far back recovery reaches, in days.
        earliest_restorable_at: the earliest time the table can be restored to.
        latest_restorable_at: the latest time the table can be restored to.
        raw: the very description that was parsed, without the envelope around it.
    """

    status: str
    _: KW_ONLY
    point_in_time_recovery: str = "DISABLED"
    recovery_period_days: int | None = None
    earliest_restorable_at: datetime | None = None
    latest_restorable_at: datetime | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeContinuousBackups returned, or the description inside.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeContinuousBackups")
        reader = reader.unwrap("ContinuousBackupsDescription")
        recovery = reader.inside("PointInTimeRecoveryDescription")
        return cls(
            reader.required("ContinuousBackupsStatus"),
            point_in_time_recovery=(
                recovery.text("PointInTimeRecoveryStatus") or "DISABLED"
            ),
            recovery_period_days=recovery.number("RecoveryPeriodInDays"),
            earliest_restorable_at=recovery.moment("EarliestRestorableDateTime"),
            latest_restorable_at=recovery.moment("LatestRestorableDateTime"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class KinesisDestinationState:
    """A Kinesis data stream that the changes of a table are sent to.

    Attributes:
        stream_arn: the ARN of the stream.
        status: ``"ENABLING"``, ``"ACTIVE"``, ``"ENABLE_FAILED"``, ...
        status_description: AWS's own words about the status.
        precision: of the time stamps, ``"MILLISECOND"`` or ``"MICROSECOND"``; None
            when nothing was said.
        raw: the very mapping that was parsed.
    """

    stream_arn: str
    _: KW_ONLY
    status: str
    status_description: str | None = None
    precision: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self:
        """Read an entry of KinesisDataStreamDestinations.

        Raises:
            UnreadableResponseError: it has no stream or no status, or a member has
                another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.required("StreamArn"),
            status=reader.required("DestinationStatus"),
            status_description=reader.text("DestinationStatusDescription"),
            precision=reader.text("ApproximateCreationDateTimePrecision"),
            raw=reader.mapping,
        )

    @classmethod
    def parse_all(cls, response: Mapping[str, Any]) -> tuple[Self, ...]:
        """Read what DescribeKinesisStreamingDestination returned.

        Raises:
            UnreadableResponseError: an entry cannot be read.
        """
        return Reader(response).each("KinesisDataStreamDestinations", cls.parse)


@dataclass(frozen=True, slots=True)
class ContributorInsightsState:
    """Contributor insights, as DescribeContributorInsights saw it.

    Attributes:
        table: the table; empty when nothing was said.
        index: the index, where the insights are those of one.
        status: ``"ENABLING"``, ``"ENABLED"``, ``"FAILED"``, ...
        mode: ``"ACCESSED_AND_THROTTLED_KEYS"`` or ``"THROTTLED_KEYS"``.
        rules: the names of their CloudWatch rules.
        failure_name: the error that made it FAILED.
        failure_description: AWS's own words about that error.
        updated_at: when the status last changed.
        raw: the very response that was parsed.
    """

    table: str
    _: KW_ONLY
    status: str
    index: str | None = None
    mode: str | None = None
    rules: tuple[str, ...] = ()
    failure_name: str | None = None
    failure_description: str | None = None
    updated_at: datetime | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what DescribeContributorInsights returned.

        Raises:
            UnreadableResponseError: it has no status, or a member has another type.
        """
        reader = Reader(response, source="DescribeContributorInsights")
        failure = reader.inside("FailureException")
        return cls(
            reader.text("TableName") or "",
            status=reader.required("ContributorInsightsStatus"),
            index=reader.text("IndexName"),
            mode=reader.text("ContributorInsightsMode"),
            rules=reader.each("ContributorInsightsRuleList", read_text),
            failure_name=failure.text("ExceptionName"),
            failure_description=failure.text("ExceptionDescription"),
            updated_at=reader.moment("LastUpdateDateTime"),
            raw=reader.mapping,
        )


@dataclass(frozen=True, slots=True)
class ResourcePolicyState:
    """The resource policy of a table or stream, as GetResourcePolicy saw it.

    Attributes:
        policy: the policy, JSON as text.
        revision_id: tells it from earlier versions.
        raw: the very response that was parsed.
    """

    policy: str
    _: KW_ONLY
    revision_id: str | None = None
    raw: Mapping[str, Any] = field(default=EMPTY, compare=False, repr=False)

    @classmethod
    def parse(cls, response: Mapping[str, Any]) -> Self:
        """Read what GetResourcePolicy returned.

        Raises:
            UnreadableResponseError: it has no policy, or a member has another type.
        """
        reader = Reader(response, source="GetResourcePolicy")
        return cls(
            reader.required("Policy"),
            revision_id=reader.text("RevisionId"),
            raw=reader.mapping,
        )
