"""Run many seeds: ``python -m tests.simulation.locks.many 100000 [first]``."""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from tests.simulation.locks.stage import Stage

_BATCH = 250


def run_batch(first: int, count: int) -> tuple[int, list[tuple[int, str]]]:
    """Run some seeds; return how many grants there were, and what went wrong."""
    grants, wrong = 0, list[tuple[int, str]]()
    for seed in range(first, first + count):
        stage = Stage(seed)
        try:
            grants += stage.run().grants
        except Exception as error:  # noqa: BLE001 - every seed is to be run
            wrong.append((seed, f"{type(error).__name__}: {error}"))
    return grants, wrong


def main(runs: int, first: int = 0) -> int:
    """Run the seeds side by side, and print those that went wrong."""
    started, grants, wrong = time.monotonic(), 0, list[tuple[int, str]]()
    starts = range(first, first + runs, _BATCH)
    counts = [min(_BATCH, first + runs - start) for start in starts]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for found, errors in pool.map(run_batch, starts, counts):
            grants += found
            wrong += errors
            for seed, error in errors:
                sys.stdout.write(f"seed {seed}: {error}\n")
    took = time.monotonic() - started
    sys.stdout.write(
        f"{runs} runs from seed {first}, {grants} grants, {len(wrong)} wrong, "
        f"{took:.0f} s ({runs / took:.0f} a second)\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:3])))
