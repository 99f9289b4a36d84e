"""Measure how long planning takes: fifty changes to a table with twenty indexes."""

from __future__ import annotations

import time
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from _shared import describe_run, parser, print_goal, print_table

from dynawait import (
    CreateIndex,
    CreateVectorIndex,
    DeleteIndex,
    ReplaceIndex,
    TableState,
    UpdateIndex,
    plan_index_changes,
    plan_update,
)

if TYPE_CHECKING:
    from collections.abc import Callable

GOAL = 5.0  # milliseconds
INDEXES = 20


def state() -> TableState:
    """Return an on-demand table with twenty indexes, as a description tells of it."""
    names = [f"key-{number}" for number in range(INDEXES)]
    return TableState.parse(
        {
            "TableName": "orders",
            "TableStatus": "ACTIVE",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": "S"} for name in ["pk", *names]
            ],
            "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": f"by-{name}",
                    "IndexStatus": "ACTIVE",
                    "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
                for name in names
            ],
        }
    )


def changes() -> list[Any]:
    """Return fifty changes of every kind, all of them possible."""
    present = [f"by-key-{number}" for number in range(INDEXES)]
    asked: list[Any] = [DeleteIndex(name) for name in present[:10]]
    asked += [
        ReplaceIndex(old, CreateIndex(f"new-{old}", partition_key=f"new-{old}"))
        for old in present[10:14]
    ]
    asked += [UpdateIndex(name, on_demand=(100, 100)) for name in present[14:]]
    asked += [CreateIndex(f"by-{n}", partition_key=f"other-{n}") for n in range(10)]
    asked += [
        CreateVectorIndex(f"like-{n}", attribute=f"vector-{n}", dimensions=8)
        for n in range(5)
    ]
    asked += [DeleteIndex(f"legacy-{number}") for number in range(15)]
    assert len(asked) == 50
    return asked


def wide_request() -> dict[str, Any]:
    """Return an UpdateTable of many concerns, with forty index changes in it."""
    created = [CreateIndex(f"by-{n}", partition_key=f"other-{n}") for n in range(20)]
    return {
        "TableName": "orders",
        "DeletionProtectionEnabled": True,
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        "SSESpecification": {"Enabled": True, "SSEType": "KMS"},
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind}
            for change in created
            for name, kind in change.attribute_types.items()
        ],
        "GlobalSecondaryIndexUpdates": [
            *({"Delete": {"IndexName": f"by-key-{n}"}} for n in range(INDEXES)),
            *({"Create": change.definition()} for change in created),
        ],
    }


def milliseconds(call: Callable[[], object], times: int) -> list[float]:
    """Return what each call takes."""
    taken = []
    for turn in range(-times // 10, times):
        began = time.perf_counter_ns()
        call()
        ended = time.perf_counter_ns()
        if turn >= 0:
            taken.append((ended - began) / 1e6)
    return taken


def main() -> None:
    """Measure and print."""
    options = parser(__doc__).parse_args()
    times = 50 if options.quick else 2_000
    describe_run("boto3")
    live, asked, request = state(), changes(), wide_request()
    plan = plan_index_changes(live, asked, max_indexes=30)
    cases: dict[str, Callable[[], object]] = {
        "plan_index_changes, 50 changes": lambda: plan_index_changes(
            live, asked, max_indexes=30
        ),
        "plan_update, 40 index changes and more": lambda: plan_update(live, **request),
        "str(plan)": lambda: str(plan),
        "plan.to_json()": plan.to_json,
    }
    rows, reached = [], True
    for name, call in cases.items():
        taken = milliseconds(call, times)
        if name.startswith("plan_"):
            reached = reached and median(taken) < GOAL
        late = quantiles(taken, n=100)[98]
        rows.append([name, f"{median(taken):.3f}", f"{late:.3f}"])
    print(f"a table with {INDEXES} indexes; {len(plan)} steps, {times} times")
    print_table(["milliseconds", "median", "99 of 100 below"], rows)
    print_goal(f"planning in less than {GOAL:g} ms, the median", reached=reached)


if __name__ == "__main__":
    main()
