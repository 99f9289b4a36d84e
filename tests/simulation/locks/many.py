"""Run many seeds: ``python -m tests.simulation.locks.many 100000 [first] [faces]``.

It prints each seed that breaks a rule, and then how often each rule was broken, and
what the runs have been through. With *faces* the stories are those of `LockClient`.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Literal

from tests.simulation.locks.faces import Company
from tests.simulation.locks.judges import RULES, Violation
from tests.simulation.locks.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

Stories = Literal["core", "faces"]
STORIES = {"core": Stage, "faces": Company}
_BATCH = {"core": 250, "faces": 10}


def run_batch(
    stories: Stories, first: int, count: int
) -> tuple[Counter[str], list[tuple[int, str, str]]]:
    """Run some seeds; return what was seen, and each seed that went wrong, and how."""
    seen, wrong = Counter[str](), list[tuple[int, str, str]]()
    for seed in range(first, first + count):
        run = STORIES[stories](seed)
        try:
            run.run()
        except Violation as violation:
            wrong.append((seed, violation.rule, str(violation)))
        except Exception as error:  # noqa: BLE001 - every seed is to be run
            wrong.append((seed, "error", f"{type(error).__name__}: {error}"))
        seen += run.judge.seen
    return seen, wrong


def main(runs: int, first: int = 0, stories: Stories = "core") -> int:
    """Run the seeds on all cores, and print what came of it."""
    started, seen, broken = time.monotonic(), Counter[str](), Counter[str]()
    batch = _BATCH[stories]
    with ProcessPoolExecutor(cores()) as pool:
        batches = [
            pool.submit(run_batch, stories, start, min(batch, first + runs - start))
            for start in range(first, first + runs, batch)
        ]
        for done in as_completed(batches):
            found, wrong = done.result()
            seen += found
            for seed, rule, text in wrong:
                broken[rule] += 1
                say(f"seed {seed}: {text}")
    took = time.monotonic() - started
    for line in summary(seen, broken):
        say(line)
    say(
        f"{runs} runs of {stories} from seed {first}: {broken.total()} wrong, "
        f"{took:.0f} s ({runs / took:.0f} a second on {cores()} cores)"
    )
    return 1 if broken else 0


def summary(seen: Counter[str], broken: Counter[str]) -> Iterator[str]:
    """Yield a line for each rule, and for each thing that the runs went through."""
    for rule in sorted({*RULES, *broken}):
        yield f"rule {rule:9} broken {broken[rule]:7} times"
    for what, times in sorted(seen.items()):
        yield f"{times:12} {what}"


def say(line: str) -> None:
    """Print a line now, however long the rest may take."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def cores() -> int:
    """Tell on how many cores this process may run."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


if __name__ == "__main__":
    runs, first, *_ = [*(int(each) for each in sys.argv[1:] if each.isdigit()), 0]
    sys.exit(main(runs, first, "faces" if "faces" in sys.argv else "core"))
