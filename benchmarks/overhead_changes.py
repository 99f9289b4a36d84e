"""Measure what a change that holds already costs above DescribeTable.

Each round makes these calls on one boto3 client, in random order: a raw describe_table,
each wrapper with a request that is so already, and a second raw describe_table. Wrapper
minus first is the overhead; second minus first is the control: what the same arithmetic
finds where there is nothing. A wrapper makes one call, a DescribeTable.
"""

from __future__ import annotations

import random
import time
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from _shared import (
    boto3_client,
    describe_run,
    interval_of_mean,
    parser,
    print_goal,
    print_table,
    running_server,
    table_request,
)
from overhead import Canned, microseconds, microseconds_between

from dynawait import CreateIndex
from dynawait.sync import (
    apply_index_changes,
    safe_create_table,
    safe_update_table,
    wait_for_table_active,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TABLE = "orders"
SERVERS = ["moto", "simulated", "distant"]
GOAL = 3.0  # per cent of the call, as for the waiters
INDEX = CreateIndex("by-email", partition_key="email")
CREATE = {
    **table_request(TABLE),
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "email")
    ],
    "GlobalSecondaryIndexes": [INDEX.definition()],
}
UPDATE: dict[str, Any] = {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST"}


def calls_of(client: Any) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name; the first is what all else is held against."""
    return {
        "raw": lambda: client.describe_table(TableName=TABLE),
        "raw again": lambda: client.describe_table(TableName=TABLE),
        "wait_for_table_active": lambda: wait_for_table_active(client, TABLE),
        "safe_update_table": lambda: safe_update_table(client, **UPDATE),
        "safe_create_table": lambda: safe_create_table(client, **CREATE),
        "apply_index_changes": lambda: apply_index_changes(client, TABLE, [INDEX]),
    }


def measure_rounds(
    calls: Mapping[str, Callable[[], object]], rounds: int
) -> dict[str, list[float]]:
    """Return the microseconds of each kind of call, round by round."""
    chance = random.Random(1)
    order = list(calls)
    taken: dict[str, list[float]] = {name: [] for name in order}
    for turn in range(-min(100, rounds), rounds):
        chance.shuffle(order)
        for name in order:
            began = time.perf_counter_ns()
            calls[name]()
            ended = time.perf_counter_ns()
            if turn >= 0:
                taken[name].append((ended - began) / 1000)
    return taken


def report_rounds(kind: str, taken: dict[str, list[float]]) -> dict[str, float]:
    """Print the paired differences; return the ends of their intervals in per cent."""
    raw = taken["raw"]
    base, middle = fmean(raw), median(raw)
    rows, ends = [], {}
    for name, values in taken.items():
        if name == "raw":
            continue
        gaps = [value - first for first, value in zip(raw, values, strict=True)]
        low, high = interval_of_mean(gaps, seed=2)
        ends[name] = high / base * 100
        rows.append(
            [
                f"{name} - raw",
                f"{fmean(gaps):+.1f} us",
                f"{low / base:+.2%} to {high / base:+.2%}",
                f"{median(gaps):+.1f} us ({median(gaps) / middle:+.2%})",
            ]
        )
    print(f"{kind}: {len(raw)} rounds, raw call {base:.0f} us (median {middle:.0f} us)")
    print_table(["", "mean", "95 % of the mean", "median"], rows)
    return ends


def count_calls(client: Any, call: Callable[[], object]) -> list[str]:
    """Return the operations that one call sends."""
    sent: list[str] = []

    def note(model: Any, **_rest: object) -> None:
        sent.append(str(model.name))

    client.meta.events.register("before-call.dynamodb", note)
    call()
    client.meta.events.unregister("before-call.dynamodb", note)
    return sent


def report_parts(client: Any, times: int) -> None:
    """Print what the wrappers cost when the answer is there at once."""
    response = client.describe_table(TableName=TABLE)
    parts = calls_of(Canned(client.meta, response))
    del parts["raw again"]
    between = microseconds_between(
        parts, lambda: client.describe_table(TableName=TABLE), times // 10
    )
    rows = [
        [name, f"{microseconds(part, times):.1f}", f"{between[name]:.1f}"]
        for name, part in parts.items()
    ]
    print("Without the call, by a client that has its answer ready (moto's):")
    header = ["microseconds", "in a tight loop", "right after a real call"]
    print_table(header, rows)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, help="default: 3000, or 100 if quick")
    options.add_argument(
        "--server",
        choices=SERVERS,
        action="append",
        help="may be given several times; default: all",
    )
    chosen = options.parse_args()
    rounds = chosen.rounds or (100 if chosen.quick else 3000)
    describe_run("boto3", "moto", "waitress")
    ends: dict[tuple[str, str], float] = {}
    single = True
    for kind in chosen.server or SERVERS:
        with running_server(kind) as url:
            client: Any = boto3_client(url)
            client.create_table(**CREATE)
            wait_for_table_active(client, TABLE)
            calls = calls_of(client)
            for name, call in calls.items():
                sent = count_calls(client, call)
                single = single and sent == ["DescribeTable"]
                if sent != ["DescribeTable"]:
                    print(f"{kind}: {name} sent {', '.join(sent)}")
            for name, end in report_rounds(kind, measure_rounds(calls, rounds)).items():
                ends[kind, name] = end
    with running_server("moto") as url:
        client = boto3_client(url)
        client.create_table(**CREATE)
        report_parts(client, 300 if chosen.quick else 3000)
    print_goal("each wrapper sends one DescribeTable and nothing else", reached=single)
    for (kind, name), end in ends.items():
        if name != "raw again":
            text = f"{kind}, {name}: the 95 % interval ends at {end:.2f} %"
            print_goal(f"{text}, below {GOAL:g} %", reached=end < GOAL)


if __name__ == "__main__":
    main()
