"""Play changes through all that may go wrong, in a hundred thousand runs and more.

Each seed draws a table, a request (index changes, a wide UpdateTable, a creation, a
deletion, turns of `advance`, a queue), a face, and faults, crashes, pauses and drifting
clocks. The request is run until it has ended well or three times, then once with
nothing going wrong, then once more, which must send nothing. After each run the rules
are checked that tests/simulation/changes/judges.py has; what breaks one is printed with
its seed: `--first SEED --stories 1 --simplify` plays it alone and leaves out what it
does not take.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _shared import describe_run, parser, print_goal, print_table

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
CHUNK = 100
STORIES, RUNS = 30_000, 100_000


def play_chunk(work: tuple[int, int, tuple[str, ...]]) -> Any:
    """Play some stories, in a process of the crew."""
    from tests.simulation.changes.survival import tally

    first, count, kinds = work
    return tally(range(first, first + count), kinds)


def chunks(chosen: argparse.Namespace) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Cut the seeds into pieces."""
    end = chosen.first + chosen.stories
    for first in range(chosen.first, end, CHUNK):
        yield first, min(CHUNK, end - first), tuple(chosen.kinds)


def simplify(seed: int, kinds: list[str]) -> None:
    """Print the least that makes a story fail."""
    from tests.simulation.changes.judges import ViolationError
    from tests.simulation.changes.survival import simplest, survive

    try:
        survive(seed, kinds)
    except ViolationError as violation:
        print(simplest(violation))


def play_all(chosen: argparse.Namespace) -> Any:
    """Play all stories, with as many processes as asked for."""
    from tests.simulation.changes.survival import Tally

    total = Tally()
    # Interrupted, it tells of what was played until then.
    with suppress(KeyboardInterrupt), get_context("spawn").Pool(chosen.jobs) as crew:
        for counted in crew.imap_unordered(play_chunk, chunks(chosen)):
            total.merge(counted)
            for seed, rule, problem in counted.failures:
                print(f"seed {seed}: ({rule}) {problem[:300]}", flush=True)
    return total


def report(total: Any, seconds: float) -> None:
    """Print the figures."""
    rows = [
        ["stories", f"{total.stories:,}"],
        ["of them through the blocking face", f"{total.blocking:,}"],
        ["runs of their scripts", f"{total.runs:,}"],
        ["looks answered", f"{total.looks:,}"],
        ["writes sent, another writer's included", f"{total.writes:,}"],
        ["stories a second", f"{total.stories / seconds:.1f}"],
        ["violations", f"{len(total.failures):,}"],
    ]
    print_table([f"{seconds:,.0f} s", ""], rows)
    for title, counted in (("how runs ended", total.ends), ("seen", total.fates)):
        if counted:
            rows = [[name, f"{count:,}"] for name, count in counted.most_common(25)]
            print_table([title, ""], rows)
    rules = Counter(rule for _, rule, _ in total.failures)
    for rule, count in sorted(rules.items()):
        print(f"rule {rule}: {count} violations")


def main() -> None:
    """Play and print."""
    options = parser(__doc__)
    options.add_argument("--stories", type=int, help=f"default: {STORIES:,}")
    options.add_argument("--first", type=int, default=0, help="the first seed")
    options.add_argument("--kinds", nargs="*", default=[], help="default: all")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--simplify", action="store_true", help="shrink failures")
    chosen = options.parse_args()
    chosen.stories = chosen.stories or (200 if chosen.quick else STORIES)
    describe_run("boto3")
    began = time.perf_counter()
    total = play_all(chosen)
    report(total, time.perf_counter() - began)
    if chosen.simplify:
        for seed, _, _ in total.failures[:5]:
            simplify(seed, chosen.kinds)
    text = f"{total.runs:,} runs in {total.stories:,} stories survived; {RUNS:,} wanted"
    print_goal(text, reached=not total.failures and total.runs >= RUNS)
    if total.failures:
        sys.exit(1)


if __name__ == "__main__":
    main()
