"""A change of every kind of setting, and of backups: how to ask and what is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dynawait._core import safe_backups, safe_settings
from dynawait._gateways.faces import blocking
from dynawait.testing import Durations, SimulatedDynamoDB
from tests.simulation.samples import ARN, ORDERS, STREAM
from tests.simulation.support import indexed_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynawait.testing import Call

HOUR = 3_700.0
TAGS = [{"Key": "team", "Value": "shop"}, {"Key": "stage", "Value": "live"}]
PRECISE = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
READS = ("Describe", "List")
TARGET = {"TargetTableName": "restored"}


def expiry(attribute: str | None = None, *, enabled: bool = True) -> dict[str, Any]:
    """Return an UpdateTimeToLive."""
    named = {} if attribute is None else {"AttributeName": attribute}
    return {**ORDERS, "TimeToLiveSpecification": {"Enabled": enabled, **named}}


def recovery(*, enabled: bool = True, **more: Any) -> dict[str, Any]:
    """Return an UpdateContinuousBackups."""
    specification = {"PointInTimeRecoveryEnabled": enabled, **more}
    return {**ORDERS, "PointInTimeRecoverySpecification": specification}


def insights(action: str = "ENABLE", **more: Any) -> dict[str, Any]:
    """Return an UpdateContributorInsights."""
    return {**ORDERS, "ContributorInsightsAction": action, **more}


def core(name: str) -> Any:
    """Return a core function by its name."""
    return getattr(safe_settings, name, None) or getattr(safe_backups, name)


def run(service: SimulatedDynamoDB, name: str, **request: Any) -> Any:
    """Call a function, blocking, and return its result."""
    return blocking(core(name))(service.client(), **request)


def writes(service: SimulatedDynamoDB, since: int = 0) -> list[Call]:
    """Return the calls that change something, but for those of another writer."""
    return [
        call
        for call in service.calls[since:]
        if not call.operation.startswith(READS) and call.client != "foreign writer"
    ]


def service_with(
    *requests: tuple[str, dict[str, Any]], wait: float = 60.0, **durations: float
) -> SimulatedDynamoDB:
    """Return a service with a table, on which calls were made an hour ago."""
    service = SimulatedDynamoDB(durations=Durations(**durations))
    client = service.client()
    client.create_table(**indexed_table())
    service.clock.advance(wait)
    for method, request in requests:
        getattr(client, method)(**request)
    if requests:
        service.clock.advance(HOUR)
    return service


@dataclass(frozen=True, slots=True)
class Case:
    """A change of one setting.

    Attributes:
        name: the function.
        request: its request; from the service, where it depends on it.
        reached: tells from the result's state whether it worked.
        before: the calls that were made an hour earlier.
        least: how many writes it takes.
        second: what else the second run says.
    """

    name: str
    request: dict[str, Any] | Callable[[SimulatedDynamoDB], dict[str, Any]]
    reached: Callable[[Any], bool]
    before: tuple[tuple[str, dict[str, Any]], ...] = ()
    least: int = 1
    second: dict[str, Any] = field(default_factory=dict[str, Any])

    def asked(self, service: SimulatedDynamoDB) -> dict[str, Any]:
        """Return the request."""
        return self.request(service) if callable(self.request) else self.request


def of_backup(service: SimulatedDynamoDB) -> dict[str, Any]:
    """Return the restore of the only backup."""
    client = service.client()
    (summary,) = client.list_backups(**ORDERS)["BackupSummaries"]
    return {**TARGET, "BackupArn": summary["BackupArn"]}


_STREAMING = {**ORDERS, "StreamArn": STREAM}
_STREAMED = (("enable_kinesis_streaming_destination", _STREAMING),)
_ENABLE = "safe_enable_kinesis_streaming_destination"
_NAMED = {**ORDERS, "BackupName": "nightly"}
_LATEST = {**TARGET, "SourceTableName": "orders", "UseLatestRestorableTime": True}

CASES = {
    "expires": Case(
        "safe_update_time_to_live",
        expiry("expires"),
        lambda state: (state.status, state.attribute) == ("ENABLED", "expires"),
    ),
    "expires otherwise": Case(
        "safe_update_time_to_live",
        expiry("until"),
        lambda state: (state.status, state.attribute) == ("ENABLED", "until"),
        (("update_time_to_live", expiry("expires")),),
        least=2,
    ),
    "never expires": Case(
        "safe_update_time_to_live",
        expiry(enabled=False),
        lambda state: state.status == "DISABLED",
        (("update_time_to_live", expiry("expires")),),
    ),
    "recovery": Case(
        "safe_update_continuous_backups",
        recovery(RecoveryPeriodInDays=7),
        lambda state: state.recovery_period_days == 7,
    ),
    "no recovery": Case(
        "safe_update_continuous_backups",
        recovery(enabled=False),
        lambda state: state.point_in_time_recovery == "DISABLED",
        (("update_continuous_backups", recovery()),),
    ),
    "tags": Case(
        "safe_tag_resource",
        {"ResourceArn": ARN, "Tags": TAGS},
        lambda state: (state["team"], state["stage"]) == ("shop", "live"),
    ),
    "no tags": Case(
        "safe_untag_resource",
        {"ResourceArn": ARN, "TagKeys": ["team"]},
        lambda state: "team" not in state and "stage" in state,
        (("tag_resource", {"ResourceArn": ARN, "Tags": TAGS}),),
    ),
    "stream": Case(_ENABLE, _STREAMING, lambda state: state.status == "ACTIVE"),
    "precise stream": Case(
        _ENABLE,
        {**_STREAMING, "EnableKinesisStreamingConfiguration": PRECISE},
        lambda state: (state.status, state.precision) == ("ACTIVE", "MICROSECOND"),
        _STREAMED,
    ),
    "no stream": Case(
        "safe_disable_kinesis_streaming_destination",
        _STREAMING,
        lambda state: state.status == "DISABLED",
        _STREAMED,
    ),
    "insights": Case(
        "safe_update_contributor_insights",
        insights(ContributorInsightsMode="THROTTLED_KEYS"),
        lambda state: (state.status, state.mode) == ("ENABLED", "THROTTLED_KEYS"),
    ),
    "insights of an index": Case(
        "safe_update_contributor_insights",
        insights(IndexName="by-email"),
        lambda state: (state.status, state.index) == ("ENABLED", "by-email"),
    ),
    "no insights": Case(
        "safe_update_contributor_insights",
        insights("DISABLE"),
        lambda state: state.status == "DISABLED",
        (("update_contributor_insights", insights()),),
    ),
    "backup": Case(
        "safe_create_backup",
        _NAMED,
        lambda state: (state.name, state.status) == ("nightly", "AVAILABLE"),
    ),
    "restored backup": Case(
        "safe_restore_table_from_backup",
        of_backup,
        lambda state: state.name == "restored" and not state.blockers(),
        (("create_backup", _NAMED),),
        second={"adopt": True},
    ),
    "restored time": Case(
        "safe_restore_table_to_point_in_time",
        _LATEST,
        lambda state: state.name == "restored" and not state.blockers(),
        (("update_continuous_backups", recovery()),),
        second={"adopt": True},
    ),
}
