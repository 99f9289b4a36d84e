"""Measure what the command line costs: its help, and a wait beside the AWS CLI.

Each round starts every subject once, in random order, so that a busy moment of the
machine falls on all of them alike. The AWS CLI pins botocore to one release and so has
an environment of its own, made by the first run; both talk to one server. Processor
time is what a process itself has used: other load moves it less than real time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from _shared import (
    boto3_client,
    describe_run,
    parser,
    print_goal,
    print_table,
    running_server,
    table_request,
)

HELP = 150.0  # milliseconds above bare start-up
RATIO = 1.1  # of a wait to the AWS CLI's describe-table
TABLE = "orders"
AWSCLI = Path(__file__).parents[1] / ".cache" / "awscli"
DYNAWAIT = (sys.executable, "-m", "dynawait")


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process has taken, in milliseconds of real and of processor time."""

    real: float
    processor: float


def aws_cli(given: str | None) -> str:
    """Return the AWS CLI: the one that is given, or one of the same Python."""
    if given is not None:
        return given
    program = AWSCLI / "bin" / "aws"
    if not program.exists():
        venv.create(AWSCLI, with_pip=True, clear=True)
        pip = [str(AWSCLI / "bin" / "python"), "-m", "pip"]
        subprocess.run([*pip, "--quiet", "install", "awscli"], check=True)
    return str(program)


def start(command: tuple[str, ...], environment: dict[str, str]) -> Spent:
    """Return what a command has taken."""
    before = getrusage(RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    real = time.perf_counter() - began
    after = getrusage(RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(real * 1000, used * 1000)


def measure(
    subjects: dict[str, tuple[str, ...]], rounds: int, environment: dict[str, str]
) -> dict[str, list[Spent]]:
    """Return what every subject has taken, round by round; the first is not counted."""
    chance = random.Random(1)
    order = list(subjects)
    taken: dict[str, list[Spent]] = {name: [] for name in order}
    for turn in range(-1, rounds):
        chance.shuffle(order)
        for name in order:
            spent = start(subjects[name], environment)
            if turn >= 0:
                taken[name].append(spent)
    return taken


def differences(values: list[Spent], base: list[Spent]) -> list[float]:
    """Return the paired differences in real time."""
    return [one.real - other.real for one, other in zip(values, base, strict=True)]


def ratios(values: list[Spent], base: list[Spent]) -> list[float]:
    """Return the paired ratios in real time."""
    return [one.real / other.real for one, other in zip(values, base, strict=True)]


def report(taken: dict[str, list[Spent]]) -> None:
    """Print the medians, and whether the goals are reached."""
    bare, aws = taken["nothing"], taken["aws dynamodb describe-table"]
    rows = []
    for name, values in taken.items():
        low, middle, high = quantiles(ratios(values, aws), n=4)
        rows.append(
            [
                name,
                f"{median(each.real for each in values):.0f}",
                f"{median(differences(values, bare)):.0f}",
                f"{median(each.processor for each in values):.0f}",
                f"{middle:.2f} ({low:.2f} to {high:.2f})",
            ]
        )
    header = ["", "whole process", "above nothing", "processor time", "times aws"]
    print_table(header, rows)
    above = median(differences(taken["dynawait --help"], bare))
    text = f"--help takes {above:.0f} ms above bare start-up, below {HELP:g}"
    print_goal(text, reached=above < HELP)
    share = median(ratios(taken["dynawait wait"], aws))
    text = f"wait takes {share:.2f} of aws describe-table, at most {RATIO:g}"
    print_goal(text, reached=share <= RATIO)


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, help="default: 40, or 3 if quick")
    options.add_argument("--aws", help="an AWS CLI of one's own")
    chosen = options.parse_args()
    rounds = chosen.rounds or (3 if chosen.quick else 40)
    aws = aws_cli(chosen.aws)
    describe_run("botocore", "click", "rich")
    told = subprocess.run([aws, "--version"], check=True, capture_output=True)
    print(f"{told.stdout.decode().strip()}; load {os.getloadavg()[0]:.1f}\n")
    with TemporaryDirectory() as folder, running_server("simulated") as url:
        boto3_client(url).create_table(**table_request(TABLE))
        where = ("--endpoint-url", url, "--region", "us-east-1")
        subjects = {
            "nothing": (sys.executable, "-c", "pass"),
            "dynawait --help": (*DYNAWAIT, "--help"),
            "dynawait wait": (*DYNAWAIT, "wait", TABLE, *where),
            "dynawait status": (*DYNAWAIT, "status", TABLE, *where),
            "aws dynamodb describe-table": (
                *(aws, "dynamodb", "describe-table", "--table-name", TABLE, *where),
            ),
        }
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": folder,
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        taken = measure(subjects, rounds, environment)
    print(f"{rounds} rounds, milliseconds, medians")
    report(taken)


if __name__ == "__main__":
    main()
