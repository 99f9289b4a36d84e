"""The scripts of the page about pipelines run, with bash and a simulated server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

import dynawait
from dynawait.sync import safe_create_table
from dynawait.sync.locks import LockClient
from dynawait.testing import SimulatedServer
from tests.docs.page_examples import DOCS

if TYPE_CHECKING:
    from collections.abc import Mapping

if os.name == "nt" or shutil.which("bash") is None:
    pytest.skip("the page is for POSIX's shells", allow_module_level=True)

PAGE = (DOCS / "how-to/use-in-pipelines.md").read_text("utf-8")
SCRIPTS = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
FILES = re.findall(r"^```yaml\n(# ([\w.]+)\n.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PLAN = DOCS.parent / "tests/cli/plans/quiet/plan.json"
PROGRAMS = {
    "dynawait": f'exec {sys.executable} -m dynawait "$@"',
    "terraform": f'[ "$1" = show ] && exec cat {PLAN}; echo "$@"',
}
# What each script prints, among other things, in the order of the page.
PRINTED = [
    "go on",
    "to be approved",
    "orders: done: create index by-email",
    "finished",
    "deploying with token ",
    "nobody deploys",
    "",
    "apply -input=false tfplan",
    '"quiet": "true"',
]


def test_the_scripts_run_in_the_order_of_the_page(tmp_path: Path) -> None:
    """Each ends well, and says what the page has it say."""
    make_programs(tmp_path)
    for text, name in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with SimulatedServer(speed=600) as server:
        make_lock_tables(server.url)
        for script, printed in zip(SCRIPTS, PRINTED, strict=True):
            done = run(script, tmp_path, {"AWS_ENDPOINT_URL_DYNAMODB": server.url})
            assert done.returncode == 0, (script, done.stderr)
            assert printed in done.stdout, (script, done.stdout, done.stderr)
    assert "<testsuite" in (tmp_path / "findings.xml").read_text("utf-8")


def make_programs(folder: Path) -> None:
    """Write what the scripts find on their PATH."""
    for name, text in PROGRAMS.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        program.chmod(0o755)


def make_lock_tables(url: str) -> None:
    """Create a table for locks of ours, and one for Terraform's."""
    client = boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="anyone",
        aws_secret_access_key="anyone",
    )
    LockClient(client, "locks").ensure_table()
    safe_create_table(
        client,
        TableName="terraform-locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def run(
    script: str, folder: Path, more: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a script as a pipeline does: without a terminal, and ending at an error."""
    package = Path(dynawait.__file__).parents[1]
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={
            **os.environ,
            **more,
            "AWS_ACCESS_KEY_ID": "anyone",
            "AWS_SECRET_ACCESS_KEY": "anyone",
            "AWS_DEFAULT_REGION": "us-east-1",
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(package),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_of_the_page_can_be_completed(shell: str, tmp_path: Path) -> None:
    """Each shell gets its script, by the line that the other page shows."""
    guide = (DOCS / "how-to/use-the-command-line.md").read_text("utf-8")
    variable = f"_DYNAWAIT_COMPLETE={shell}_source"
    assert f"{variable} dynawait" in guide
    make_programs(tmp_path)
    done = run(f"{variable} dynawait", tmp_path, {})
    assert "_dynawait_completion" in done.stdout
    told = {"COMP_WORDS": "dynawait wait --t", "COMP_CWORD": "2"}
    done = run("_DYNAWAIT_COMPLETE=bash_complete dynawait", tmp_path, told)
    assert done.stdout == "plain,--timeout\n"
