"""Play locks through all that may go wrong, in a hundred thousand runs.

Each seed draws processes with clocks that drift, how they want locks (one, several,
permits, reading and writing), and throttles, lost, late and repeated calls, pauses,
crashes and cancellations. Judged is, among others, that a resource that checks fencing
tokens never takes an older one after a newer one, that at most one holder believes to
hold a lock at any instant of true time, and that everybody comes to an end; the rules
are in tests/simulation/locks/judges.py. What breaks one is printed with its seed. With
`--stories faces` the users' own `LockClient` is played, which takes more time. There is
no peer: none tests this.
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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
CHUNKS = {"core": 250, "faces": 10}
RUNS = 100_000


def play_chunk(work: tuple[Any, int, int]) -> tuple[int, Counter[str], Any]:
    """Play some seeds in a process of the crew; return what came of them."""
    from tests.simulation.locks.many import run_batch

    stories, first, count = work
    seen, wrong = run_batch(stories, first, count)
    return count, seen, wrong


def play_all(chosen: argparse.Namespace) -> tuple[int, Counter[str], Counter[str]]:
    """Play all seeds; return how many, what was seen, and the rules broken."""
    end, chunk = chosen.first + chosen.runs, CHUNKS[chosen.stories]
    work = [
        (chosen.stories, first, min(chunk, end - first))
        for first in range(chosen.first, end, chunk)
    ]
    runs, seen, broken = 0, Counter[str](), Counter[str]()
    # Interrupted, it tells of what was played until then.
    with suppress(KeyboardInterrupt), get_context("spawn").Pool(chosen.jobs) as crew:
        for played, met, wrong in crew.imap_unordered(play_chunk, work):
            runs += played
            seen += met
            for seed, rule, problem in wrong:
                broken[rule] += 1
                print(f"seed {seed}: ({rule}) {problem[:300]}", flush=True)
    return runs, seen, broken


def main() -> None:
    """Play and print."""
    options = parser(__doc__)
    options.add_argument("--runs", type=int, help=f"default: {RUNS:,}")
    options.add_argument("--first", type=int, default=0, help="the first seed")
    options.add_argument("--stories", choices=CHUNKS, default="core")
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    chosen = options.parse_args()
    chosen.runs = chosen.runs or (200 if chosen.quick else RUNS)
    describe_run("boto3")
    began = time.perf_counter()
    runs, seen, broken = play_all(chosen)
    seconds = time.perf_counter() - began
    rows = [
        ["runs", f"{runs:,}"],
        ["runs a second", f"{runs / seconds:.0f}"],
        *([what, f"{times:,}"] for what, times in seen.most_common()),
        ["violations", f"{broken.total():,}"],
    ]
    print_table([f"{chosen.stories}, {seconds:,.0f} s", ""], rows)
    for rule, times in sorted(broken.items()):
        print(f"rule {rule}: {times} violations")
    text = f"{runs:,} runs, {broken.total()} violations; {RUNS:,} wanted, and none"
    print_goal(text, reached=not broken and runs >= RUNS)
    if broken:
        sys.exit(1)


if __name__ == "__main__":
    main()
