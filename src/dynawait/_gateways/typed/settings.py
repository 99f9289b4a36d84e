"""The types of the functions that change settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, overload

from .results import C_contra, E_co, P_co, R_co

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        KinesisStreamingDestinationInputTypeDef,
        TagResourceInputTypeDef,
        UntagResourceInputTypeDef,
        UpdateContinuousBackupsInputTypeDef,
        UpdateContributorInsightsInputTypeDef,
        UpdateTimeToLiveInputTypeDef,
    )
    from typing_extensions import Unpack

    from ..._core.safe_settings import OnCooldown
    from ...events import Observer
    from ...polling import Polling


class UpdateTimeToLive(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_update_time_to_live` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        on_cooldown: OnCooldown = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateTimeToLiveInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        on_cooldown: OnCooldown = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateTimeToLiveInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        on_cooldown: OnCooldown = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateTimeToLiveInputTypeDef],
    ) -> E_co: ...


class UpdateContinuousBackups(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_update_continuous_backups` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContinuousBackupsInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContinuousBackupsInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContinuousBackupsInputTypeDef],
    ) -> E_co: ...


class TagResource(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_tag_resource` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[TagResourceInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[TagResourceInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[TagResourceInputTypeDef],
    ) -> E_co: ...


class UntagResource(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_untag_resource` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UntagResourceInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UntagResourceInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UntagResourceInputTypeDef],
    ) -> E_co: ...


class EnableKinesis(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_enable_kinesis_streaming_destination` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> E_co: ...


class DisableKinesis(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_disable_kinesis_streaming_destination` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[KinesisStreamingDestinationInputTypeDef],
    ) -> E_co: ...


class UpdateContributorInsights(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_update_contributor_insights` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContributorInsightsInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContributorInsightsInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[UpdateContributorInsightsInputTypeDef],
    ) -> E_co: ...
