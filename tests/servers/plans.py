"""Make the plans in ``tests/cli/plans`` again, by Terraform and our stand-in.

Each folder there is a scene: ``before.tf`` is applied, then ``after.tf`` is planned,
and what ``terraform show -json`` says of that is ``plan.json``.

    python tests/servers/plans.py [SCENE...]
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from stand_in import serving

SCENES = Path(__file__).parents[1] / "cli" / "plans"
PATIENCE = 120.0
_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def make(scene: str, binary: str) -> str:
    """Return the plan of a scene, as Terraform writes it."""
    with tempfile.TemporaryDirectory() as folder, serving() as environment:
        work = Path(folder, "work")
        shutil.copytree(SCENES / scene, work, ignore=shutil.ignore_patterns("*.json"))
        after = (work / "after.tf").rename(work / "after")
        terraform = Terraform(binary, work, environment)
        terraform.run("init")
        terraform.run("apply", "-auto-approve")
        (work / "before.tf").unlink()
        after.rename(work / "after.tf")
        terraform.run("init")
        terraform.run("plan", "-out=saved")
        return terraform.run("show", "-json", "saved")


class Terraform:
    """Terraform in a folder of its own, with our providers and no others."""

    def __init__(self, binary: str, folder: Path, environment: dict[str, str]) -> None:
        """Take where it is and where it works."""
        self._binary = binary
        self._folder = folder
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            **environment,
        }

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run it to its end, and return what it printed."""
        colour = () if arguments[0] == "show" else ("-no-color", "-input=false")
        done = subprocess.run(
            [self._binary, arguments[0], *colour, *arguments[1:]],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != code:
            raise AssertionError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout if arguments[0] == "show" else done.stdout + done.stderr


def settled(plan: str) -> Any:
    """Return a plan without what differs from run to run."""
    data = json.loads(_IDENTIFIER.sub("some-identifier", plan))
    for moving in ("timestamp", "terraform_version", "format_version"):
        data.pop(moving, None)
    data.get("prior_state", {}).pop("terraform_version", None)
    return data


if __name__ == "__main__":
    terraform = shutil.which("terraform") or shutil.which("tofu") or sys.exit("none")
    scenes = sys.argv[1:] or sorted(each.name for each in SCENES.iterdir())
    for name in scenes:
        (SCENES / name / "plan.json").write_text(make(name, terraform), "utf-8")
