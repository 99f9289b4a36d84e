"""The types of the functions that change tables and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from .results import C_contra, E_co, P_co, R_co

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_dynamodb.type_defs import (
        CreateTableInputTypeDef,
        DeleteTableInputTypeDef,
        UpdateTableInputTypeDef,
    )
    from typing_extensions import Unpack

    from ..._core.index_changes import OnCancel
    from ..._core.planner.index_steps import Until
    from ...changes import Change
    from ...events import Observer
    from ...polling import Polling


class CreateTable(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_create_table` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        ignore: Iterable[str] = ...,
        max_indexes: int = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[CreateTableInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        ignore: Iterable[str] = ...,
        max_indexes: int = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[CreateTableInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        ignore: Iterable[str] = ...,
        max_indexes: int = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[CreateTableInputTypeDef],
    ) -> E_co: ...


class DeleteTable(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_delete_table` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        disable_protection: bool = ...,
        delete_replicas: bool = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[DeleteTableInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        disable_protection: bool = ...,
        delete_replicas: bool = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[DeleteTableInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        disable_protection: bool = ...,
        delete_replicas: bool = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[DeleteTableInputTypeDef],
    ) -> E_co: ...


class UpdateTable(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_update_table` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        until: Until = ...,
        max_indexes: int = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
        **request: Unpack[UpdateTableInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        until: Until = ...,
        max_indexes: int = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
        **request: Unpack[UpdateTableInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        until: Until = ...,
        max_indexes: int = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
        **request: Unpack[UpdateTableInputTypeDef],
    ) -> E_co: ...


class ApplyIndexChanges(Protocol[C_contra, P_co, R_co, E_co]):
    """What `apply_index_changes` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        table: str,
        changes: Iterable[Change],
        *,
        until: Until = ...,
        on_cancel: OnCancel = ...,
        allow_gap: bool = ...,
        max_indexes: int = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        table: str,
        changes: Iterable[Change],
        *,
        until: Until = ...,
        on_cancel: OnCancel = ...,
        allow_gap: bool = ...,
        max_indexes: int = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        table: str,
        changes: Iterable[Change],
        *,
        until: Until = ...,
        on_cancel: OnCancel = ...,
        allow_gap: bool = ...,
        max_indexes: int = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        cloudwatch: Any = ...,
        cloudtrail: Any = ...,
    ) -> E_co: ...
