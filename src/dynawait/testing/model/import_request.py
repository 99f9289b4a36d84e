"""The shape of an ImportTable request."""

from __future__ import annotations

from .job_parts import BUCKET, IDEMPOTENT
from .requests import REQUESTS
from .shapes import Group, Many, Text

_CREATE = REQUESTS["CreateTable"].members
_TABLE = Text(least=3, most=255, pattern="[a-zA-Z0-9_.-]+")
_HEADER = Text(least=1, most=65_536, pattern=r"[\x20-\x21\x23-\x2B\x2D-\x7E]*")
_PARAMETERS = ("TableName", "AttributeDefinitions", "KeySchema")
_TAKEN = (
    "BillingMode",
    "ProvisionedThroughput",
    "OnDemandThroughput",
    "SSESpecification",
    "GlobalSecondaryIndexes",
    "VectorIndexes",
)
IMPORT_TABLE = Group(
    {
        "ClientToken": Text(pattern=IDEMPOTENT),
        "S3BucketSource": Group(
            {
                "S3BucketOwner": Text(pattern="[0-9]{12}"),
                "S3Bucket": Text(most=255, pattern=BUCKET),
                "S3KeyPrefix": Text(most=1024),
            },
            ("S3Bucket",),
        ),
        "InputFormat": Text(choices=("DYNAMODB_JSON", "ION", "CSV")),
        "InputFormatOptions": Group(
            {
                "Csv": Group(
                    {
                        "Delimiter": Text(least=1, most=1, pattern=r"[,;:|\t ]"),
                        "HeaderList": Many(_HEADER, least=1, most=255),
                    }
                )
            }
        ),
        "InputCompressionType": Text(choices=("GZIP", "ZSTD", "NONE")),
        "TableCreationParameters": Group(
            {name: _CREATE[name] for name in (*_PARAMETERS, *_TAKEN)}
            | {"TableName": _TABLE},
            _PARAMETERS,
        ),
    },
    ("S3BucketSource", "InputFormat", "TableCreationParameters"),
)
