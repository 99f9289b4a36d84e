"""Errors as AWS words them, by what they mean.

The messages are AWS's own, as its documentation prints them, as public bug reports
quote them, or as measured.
"""

from __future__ import annotations

IN_USE = "ResourceInUseException"
LIMIT = "LimitExceededException"
THROTTLING = "ThrottlingException"
VALIDATION = "ValidationException"
NOT_FOUND = "ResourceNotFoundException"
TAKE_TURNS = "Attempt to change a resource which is still in use: "

MEANINGS: dict[str, list[tuple[str, str]]] = {
    "busy": [
        (IN_USE, "The resource which you are attempting to change is in use."),
        (IN_USE, f"{TAKE_TURNS}Table is being updated: orders"),
        (IN_USE, f"{TAKE_TURNS}Table is being created: orders"),
        (IN_USE, f"{TAKE_TURNS}Table is being deleted: orders"),
        (IN_USE, f"{TAKE_TURNS}Index is being updated: by-email"),
        (IN_USE, f"{TAKE_TURNS}Index is being deleted. Table: orders Index: by-email"),
        (
            IN_USE,
            f"{TAKE_TURNS}Table IOPS are currently being updated. Table: orders",
        ),
        (
            IN_USE,
            (
                f"{TAKE_TURNS}Cannot delete table while indexes are being created, "
                "updated, or deleted. This limit is applied globally for global tables"
            ),
        ),
        (
            IN_USE,
            (
                f"{TAKE_TURNS}Index creation is in resource allocation phase. Retry "
                "deletion during backfilling phase or when the index is active."
            ),
        ),
        (IN_USE, "Can't change table IOPS when an index is being created."),
        (IN_USE, "Can't change stream status when an index is being created"),
        (IN_USE, ""),
        ("TableInUseException", "Table is being restored"),
        ("BackupInUseException", "There is another ongoing conflicting operation"),
        (
            "ContinuousBackupsUnavailableException",
            "Backups are being enabled for the table: orders. Please retry later",
        ),
        (
            LIMIT,
            (
                "Subscriber limit exceeded: Only 1 online index can be created or "
                "deleted simultaneously per table"
            ),
        ),
        (LIMIT, "Table tags are being updated: orders"),
        (
            VALIDATION,
            "Cannot read from backfilling global secondary index: by-email",
        ),
        (
            VALIDATION,
            "Cannot describe time to live while table is in CREATING state",
        ),
        (
            VALIDATION,
            "Table is not in a valid state to update Key Access Insights",
        ),
        (VALIDATION, "The operation cannot run while a replica is being added"),
    ],
    "throttled": [
        (
            THROTTLING,
            "The rate of control plane requests made by this account is too high",
        ),
        (THROTTLING, "Rate exceeded"),
        (
            THROTTLING,
            (
                "Deletion protection setting was modified within the previous 15000 "
                "milliseconds. Please try again later"
            ),
        ),
        ("ThrottledException", "Rate exceeded"),
        ("Throttling", "Rate exceeded"),
        ("TooManyRequestsException", ""),
        ("RequestLimitExceeded", ""),
        ("SlowDown", ""),
        ("ProvisionedThroughputExceededException", "The level of configured..."),
        (
            LIMIT,
            (
                "Subscriber limit exceeded: There are 500 tables that can be created, "
                "updated, or deleted simultaneously"
            ),
        ),
        (
            LIMIT,
            (
                "Subscriber limit exceeded: There is a limit on the number of indexed "
                "tables that can be created simultaneously"
            ),
        ),
        (
            LIMIT,
            (
                "Subscriber limit exceeded: Only 10 tables can be created, updated, or "
                "deleted simultaneously"
            ),
        ),
        (LIMIT, "Only 50 restore operations can be in progress at a time"),
    ],
    "quota": [
        (LIMIT, "Update to PayPerRequest mode are limited to once in 1 day(s)."),
        (
            LIMIT,
            "Subscriber limit exceeded: There is a limit of 256 tables per subscriber",
        ),
        (
            LIMIT,
            (
                "Subscriber limit exceeded: Provisioned throughput decreases are "
                "limited within a given UTC day."
            ),
        ),
        (LIMIT, "Encryption mode changes are limited in the 24h window"),
        (LIMIT, "Updates to TableClass are limited to 2 times in 30 day(s)"),
        (LIMIT, "Number of global secondary indexes exceeds per-table limit of 20"),
        (LIMIT, "The read capacity is above the per table maximum"),
        (LIMIT, "This would cause the limit to be exceeded for the account"),
        (LIMIT, ""),
        (
            VALIDATION,
            "Time to live has been modified multiple times within a fixed interval",
        ),
        (
            VALIDATION,
            (
                "Replica cannot be deleted because it has acted as a source region for "
                "new replica(s) being added to the table in the last 24 hours"
            ),
        ),
    ],
    "already": [
        (IN_USE, "Table already exists: orders"),
        (IN_USE, "Cannot create preexisting table"),
        (IN_USE, "Global table with name: 'orders' already exists"),
        (IN_USE, "Table already has an enabled stream: orders"),
        ("TableAlreadyExistsException", "Table already exists: orders"),
        (VALIDATION, "TimeToLive is already enabled"),
        (VALIDATION, "TimeToLive is already disabled"),
        (
            VALIDATION,
            (
                "Table is not in a valid state to enable Kinesis Streaming "
                "Destination: KinesisStreamingDestination must be ACTIVE to perform "
                "DISABLE operation."
            ),
        ),
        (
            VALIDATION,
            (
                "Invalid Request: Precision is already set to the desired value of "
                "MICROSECOND for tableId: 1, kdsArn: arn:aws:kinesis:a"
            ),
        ),
        (VALIDATION, "Table already has an enabled stream"),
        (VALIDATION, "Table has no stream to disable"),
        (
            VALIDATION,
            (
                "The provisioned throughput for the table will not change. The "
                "requested value equals the current value."
            ),
        ),
        (
            VALIDATION,
            "The provisioned throughput for the index by-email will not change.",
        ),
        (VALIDATION, "The requested throughput value equals the current value"),
        (VALIDATION, "Index already exists: by-email"),
        (VALIDATION, "Attempting to create an index which already exists"),
        (VALIDATION, "Attempting to create a duplicate index: by-email"),
    ],
    "missing": [
        (NOT_FOUND, "Requested resource not found: Table: orders not found"),
        (NOT_FOUND, "Requested resource not found: Index by-email for table orders"),
        (NOT_FOUND, "Cannot do operations on a non-existent table"),
        (NOT_FOUND, ""),
        ("ResourceNotFound", "Table not found"),
        ("TableNotFoundException", "Table not found: orders"),
        ("IndexNotFoundException", ""),
        ("ReplicaNotFoundException", ""),
        ("GlobalTableNotFoundException", ""),
        ("BackupNotFoundException", "Backup not found"),
        ("ExportNotFoundException", ""),
        ("ImportNotFoundException", ""),
        ("PolicyNotFoundException", ""),
        (VALIDATION, "The table does not have the specified index: by-email"),
    ],
    "denied": [
        (
            "AccessDeniedException",
            (
                "User: arn:aws:iam::1:user/u is not authorized to perform: "
                "dynamodb:DescribeTable"
            ),
        ),
        ("AccessDenied", ""),
        (
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
        ("InvalidSignatureException", "The request signature does not match"),
        ("MissingAuthenticationTokenException", ""),
        ("IncompleteSignatureException", ""),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        ("ExpiredToken", ""),
        ("OptInRequired", ""),
    ],
    "invalid": [
        ("InvalidRestoreTimeException", "RestoreDateTime must be within"),
        ("PointInTimeRecoveryUnavailableException", "is not enabled for table"),
        (VALIDATION, "One or more parameter values were invalid"),
        (
            VALIDATION,
            (
                "TimeToLive is active on a different AttributeName: current "
                "AttributeName is expires"
            ),
        ),
        (
            VALIDATION,
            (
                "Resource cannot be deleted as it is currently protected against "
                "deletion. Disable deletion protection first."
            ),
        ),
        (VALIDATION, "ProvisionedThroughput must be specified for index: by-email"),
        (
            VALIDATION,
            (
                "Only one global secondary index update per index is allowed "
                "simultaneously. Index: by-email"
            ),
        ),
        (
            VALIDATION,
            "Cannot add, delete, or update the local region through ReplicaUpdates",
        ),
        (VALIDATION, "Attributes cannot be redefined"),
        (VALIDATION, ""),
        ("UnknownOperationException", ""),
        ("SerializationException", ""),
        ("ExportConflictException", ""),
        ("ImportConflictException", ""),
    ],
    "transient": [
        ("InternalServerError", "Internal server error"),
        (
            "InternalServerError",
            "Table is under system maintenance, please try again later",
        ),
        ("InternalFailure", ""),
        ("ServiceUnavailable", ""),
        ("ServiceUnavailableException", ""),
        ("RequestTimeout", ""),
        ("RequestTimeoutException", ""),
        ("TransactionInProgressException", ""),
        ("ReplicatedWriteConflictException", ""),
    ],
}
