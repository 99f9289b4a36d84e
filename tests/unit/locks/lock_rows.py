"""A real row of each dialect, in DynamoDB's JSON as botocore returns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from dynawait.locks.dialects import (
    AMAZON,
    GO,
    PYTHON_DYNAMODB_LOCK,
    TERRAFORM,
    TRISTANLS,
)

if TYPE_CHECKING:
    from dynawait.locks.dialects import Dialect

JAVA: dict[str, Any] = {
    "key": {"S": "order-42"},
    "ownerName": {"S": "java-owner"},
    "recordVersionNumber": {"S": "4b8a6475-0d6c-4d2c-9a3e-5d2b8ff6c0aa"},
    "leaseDuration": {"S": "20000"},
    "data": {"B": b"payload"},
}
OURS: dict[str, Any] = {
    **JAVA,
    "ownerName": {"S": "runner-7/4711"},
    "fencingToken": {"N": "1795219200001"},
    "heartbeatAt": {"N": "1795219200123"},
    "expiresAt": {"N": "1795305600"},
    "acquiredBy": {"S": "host=runner-7 pid=4711 tool=dynawait"},
}
DYNAMOLOCK: dict[str, Any] = {
    "key": {"S": "order-42"},
    "ownerName": {"S": "yZ3xkJ0w"},
    "recordVersionNumber": {"S": "MFRGGZDFMZTWQ2LKNNWG23TPOA======"},
    "leaseDuration": {"S": "1m30s"},
    "data": {"B": b"payload"},
}
PYTHON: dict[str, Any] = {
    "lock_key": {"S": "order-42"},
    "sort_key": {"S": "-"},
    "owner_name": {"S": "runner-7-4711-5f1c"},
    "lease_duration": {"N": "30"},
    "record_version_number": {"S": "b9a2c7de-1c0e-4d55-8df2-0f6c7f6c1a11"},
    "expiry_time": {"N": "1795222800"},
}
JAVASCRIPT: dict[str, Any] = {
    "id": {"S": "order-42"},
    "fencingToken": {"N": "7"},
    "leaseDurationMs": {"N": "10000"},
    "lockAcquiredTimeUnixMs": {"N": "1795219200123"},
    "owner": {"S": "dynamodb-lock-client@0.7.3_root@runner-7"},
    "guid": {"B": bytes(range(64))},
}
INFO = (
    '{"ID":"f0ef6d80-c50a-ee94-643d-503f06682db6",'
    '"Operation":"OperationTypeApply","Info":"","Who":"root@vm","Version":"1.11.4",'
    '"Created":"2026-11-21T00:16:54.929421246Z",'
    '"Path":"tf-state-bucket/env/prod/terraform.tfstate"}'
)
STATE = "tf-state-bucket/env/prod/terraform.tfstate"
STATE_LOCK: dict[str, Any] = {"LockID": {"S": STATE}, "Info": {"S": INFO}}
DIGEST: dict[str, Any] = {
    "LockID": {"S": f"{STATE}-md5"},
    "Digest": {"S": "0cc175b9c0f1b6a831c399e269772661"},
}

ROWS: tuple[tuple[Dialect, dict[str, Any]], ...] = (
    (AMAZON, JAVA),
    (AMAZON, OURS),
    (GO, DYNAMOLOCK),
    (PYTHON_DYNAMODB_LOCK, PYTHON),
    (TRISTANLS, JAVASCRIPT),
    (TERRAFORM, STATE_LOCK),
)

NAMES = tuple(
    sorted({name for _, row in ROWS for name in row} | {"isReleased", "Digest"})
)

_texts = st.text(max_size=30) | st.sampled_from(
    ["1", "-", "20s", "1m30s", "20000", "1000.0", "-5", "9" * 400, INFO, "{}", "[[", ""]
)
_numbers = st.sampled_from(
    ["1", "0", "-1", "1.5", "1E+3", "1E+999", "NaN", "Infinity", "٣", "9" * 5000, ""]
)
_values = (
    st.builds(lambda text: {"S": text}, _texts)
    | st.builds(lambda text: {"N": text}, _numbers | st.integers().map(str))
    | st.builds(lambda data: {"B": data}, st.binary(max_size=70))
    | st.sampled_from(
        [{"NULL": True}, {"BOOL": True}, {"M": {}}, {"L": []}, {"SS": ["a"]}, {}]
    )
    | st.sampled_from(
        [None, 7, "plain", {"S": 1}, {"N": 1}, {"B": "text"}, {"S": "a", "N": "1"}]
    )
    | st.sampled_from([{"S": None}, {1: 2}, {"X": "?"}, [], b"bytes"])
)
strange_rows: st.SearchStrategy[Any] = st.one_of(
    st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), _values),
    # A real row with some of its attributes replaced, or gone.
    st.builds(
        lambda row, other, gone: {
            name: value
            for name, value in {**row[1], **other}.items()
            if name not in gone
        },
        st.sampled_from(ROWS),
        st.dictionaries(st.sampled_from(NAMES), _values, max_size=3),
        st.sets(st.sampled_from(NAMES), max_size=2),
    ),
    st.none() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2),
)
