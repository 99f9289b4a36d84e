"""Measure how long imports take above the start of a bare interpreter.

Each round starts one interpreter for every import, in random order, so that a busy
moment of the machine falls on all of them alike. All of them find their bytecode, in a
folder of this run, as installed packages do.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from _shared import describe_run, parser, print_goal, print_table

GOAL = 35.0  # milliseconds above bare start-up
BARE = "pass"
SUBJECTS = {
    "nothing": BARE,
    "import dynawait": "import dynawait",
    "import dynawait.sync": "import dynawait.sync",
    "from dynawait import wait_for_table_active": (
        "from dynawait import wait_for_table_active"
    ),
    "from dynawait.sync import wait_for_table_active": (
        "from dynawait.sync import wait_for_table_active"
    ),
    "import boto3": "import boto3",
    "import aiobotocore.session": "import aiobotocore.session",
    "import boto3 and a client": (
        "import boto3; boto3.client('dynamodb', region_name='us-east-1')"
    ),
}


def start(statement: str, environment: dict[str, str]) -> float:
    """Return the milliseconds that an interpreter takes to run a statement."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    return (time.perf_counter() - began) * 1000


def measure(rounds: int, bytecode: str) -> dict[str, list[float]]:
    """Return the milliseconds of every subject, round by round.

    Args:
        rounds: how many.
        bytecode: the folder where the first, uncounted round leaves it.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    chance = random.Random(1)
    order = list(SUBJECTS)
    taken: dict[str, list[float]] = {name: [] for name in order}
    for turn in range(-1, rounds):
        chance.shuffle(order)
        for name in order:
            spent = start(SUBJECTS[name], environment)
            if turn >= 0:
                taken[name].append(spent)
    return taken


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, help="default: 60, or 3 if quick")
    chosen = options.parse_args()
    rounds = chosen.rounds or (3 if chosen.quick else 60)
    describe_run("boto3", "aiobotocore")
    with TemporaryDirectory() as bytecode:
        taken = measure(rounds, bytecode)
    bare = taken["nothing"]
    above = {
        name: [spent - base for spent, base in zip(values, bare, strict=True)]
        for name, values in taken.items()
    }
    ours = median(above["import dynawait"])
    rows = []
    for name, values in taken.items():
        low, _, high = quantiles(above[name], n=4)
        rows.append(
            [
                name,
                f"{median(values):.1f}",
                f"{median(above[name]):.1f}",
                f"{low:.1f} to {high:.1f}",
                f"{median(above[name]) / ours:.1f}" if name != "nothing" else "",
            ]
        )
    print(f"{rounds} rounds, milliseconds, medians")
    header = ["", "whole process", "above nothing", "middle half", "times dynawait"]
    print_table(header, rows)
    text = f"import dynawait takes {ours:.1f} ms above bare start-up, at most {GOAL:g}"
    print_goal(text, reached=ours <= GOAL)


if __name__ == "__main__":
    main()
