"""The types of the functions that change backups and restores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, overload

from .results import C_contra, E_co, P_co, R_co

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        CreateBackupInputTypeDef,
        RestoreTableFromBackupInputTypeDef,
        RestoreTableToPointInTimeInputTypeDef,
    )
    from typing_extensions import Unpack

    from ...events import Observer
    from ...polling import Polling


class CreateBackup(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_create_backup` is called with."""

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
        **request: Unpack[CreateBackupInputTypeDef],
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
        **request: Unpack[CreateBackupInputTypeDef],
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
        **request: Unpack[CreateBackupInputTypeDef],
    ) -> E_co: ...


class RestoreTableFromBackup(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_restore_table_from_backup` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableFromBackupInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableFromBackupInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableFromBackupInputTypeDef],
    ) -> E_co: ...


class RestoreTableToPointInTime(Protocol[C_contra, P_co, R_co, E_co]):
    """What `safe_restore_table_to_point_in_time` is called with."""

    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: Literal[False] = ...,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableToPointInTimeInputTypeDef],
    ) -> R_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: Literal[True],
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableToPointInTimeInputTypeDef],
    ) -> P_co: ...
    @overload
    def __call__(
        self,
        client: C_contra,
        /,
        *,
        adopt: bool = ...,
        dry_run: bool,
        timeout: float | None = ...,
        polling: Polling | None = ...,
        on_event: Observer | None = ...,
        **request: Unpack[RestoreTableToPointInTimeInputTypeDef],
    ) -> E_co: ...
