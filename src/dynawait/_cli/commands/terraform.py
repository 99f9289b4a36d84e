"""``dynawait terraform``: Terraform's locks, and checks of its plans."""

from __future__ import annotations

import click

from ..app import Lazy
from ..settings import common

_COMMANDS = {
    "locks": ("terraform_locks", "List the locks of a table."),
    "assess": ("terraform_assess", "Tell whether a lock is held or left behind."),
    "unlock": ("terraform_unlock", "Free exactly one lock, by its ID."),
    "digest": ("terraform_digest", "Show, compare or repair the digest of a state."),
    "run": ("terraform_run", "Run Terraform, and free what it leaves behind."),
    "check": ("terraform_check", "Check a plan for what DynamoDB would refuse."),
}


@click.group("terraform", cls=Lazy, lazy=_COMMANDS)
@common
def command() -> None:
    """Look after the DynamoDB locks of Terraform's or OpenTofu's S3 backend.

    A PATH is where a state's lock lies: BUCKET/KEY, or in a workspace
    BUCKET/env:/WORKSPACE/KEY.
    """
