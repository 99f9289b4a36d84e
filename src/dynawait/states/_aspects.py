"""What a table may have besides items: a stream, encryption, a past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._reader import Reader
from ._words import moving

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self

ENCRYPTION_STATUSES = ("ENABLING", "ENABLED", "DISABLING", "DISABLED", "UPDATING")
ENCRYPTION_SETTLED = ("ENABLED", "DISABLED")


@dataclass(frozen=True, slots=True)
class StreamState:
    """The stream of a table, while it is on.

    Attributes:
        view_type: what its records hold, ``"NEW_AND_OLD_IMAGES"``.
        label: the time stamp that tells it from earlier streams of the table.
        arn: its ARN.
    """

    view_type: str | None = None
    label: str | None = None
    arn: str | None = None

    @classmethod
    def parse(cls, response: Mapping[str, Any], *, where: str = "") -> Self | None:
        """Read the stream from the description of its table; None when it is off.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        if response.get("StreamSpecification") is None:
            return None
        reader = Reader(response, where=where)
        specification = reader.inside("StreamSpecification")
        if not specification.flag("StreamEnabled"):
            return None
        return cls(
            specification.text("StreamViewType"),
            reader.text("LatestStreamLabel"),
            reader.text("LatestStreamArn"),
        )


@dataclass(frozen=True, slots=True)
class EncryptionState:
    """Encryption with a key other than the one that DynamoDB owns.

    Attributes:
        status: ``"ENABLED"``, ``"UPDATING"``, ...
        type: ``"KMS"``.
        key_arn: the ARN of the key.
        inaccessible_at: when DynamoDB found that it cannot use the key; None while
            it can.
    """

    status: str | None = None
    type: str | None = None
    key_arn: str | None = None
    inaccessible_at: datetime | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "SSEDescription"
    ) -> Self:
        """Read an SSEDescription.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.text("Status"),
            reader.text("SSEType"),
            reader.text("KMSMasterKeyArn"),
            reader.moment("InaccessibleEncryptionDateTime"),
        )

    def blocker(self) -> str | None:
        """Say that the key is being changed; None when it is not."""
        if self.status is None or self.status in ENCRYPTION_SETTLED:
            return None
        return moving("encryption", self.status, known=ENCRYPTION_STATUSES)


@dataclass(frozen=True, slots=True)
class RestoreState:
    """Where a restored table came from.

    Attributes:
        in_progress: whether it is still being restored.
        restored_at: the point in time, or the time of the backup, it was restored to.
        source_backup_arn: the backup, where it came from one.
        source_table_arn: the table that was backed up.
    """

    in_progress: bool = False
    restored_at: datetime | None = None
    source_backup_arn: str | None = None
    source_table_arn: str | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "RestoreSummary"
    ) -> Self:
        """Read a RestoreSummary.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.flag("RestoreInProgress") or False,
            reader.moment("RestoreDateTime"),
            reader.text("SourceBackupArn"),
            reader.text("SourceTableArn"),
        )

    def blocker(self) -> str | None:
        """Say that the restore is going on; None when it is not."""
        return "restore is in progress" if self.in_progress else None


@dataclass(frozen=True, slots=True)
class ArchivalState:
    """Why and when a table was archived.

    Attributes:
        archived_at: when.
        reason: AWS's own words.
        backup_arn: the backup that holds its items, where there is one.
    """

    archived_at: datetime | None = None
    reason: str | None = None
    backup_arn: str | None = None

    @classmethod
    def parse(
        cls, response: Mapping[str, Any], *, where: str = "ArchivalSummary"
    ) -> Self:
        """Read an ArchivalSummary.

        Raises:
            UnreadableResponseError: a member has another type.
        """
        reader = Reader(response, where=where)
        return cls(
            reader.moment("ArchivalDateTime"),
            reader.text("ArchivalReason"),
            reader.text("ArchivalBackupArn"),
        )
