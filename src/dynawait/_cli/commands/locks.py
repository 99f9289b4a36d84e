"""``dynawait locks``: what can be done with locks in a table."""

from __future__ import annotations

import click

from ..app import Lazy
from ..settings import common

_COMMANDS = {
    "list": ("locks_list", "List the locks of a table."),
    "show": ("locks_show", "Show everything about a lock."),
    "assess": ("locks_assess", "Tell whether a lock is held or left behind."),
    "release": ("locks_release", "Free a lock of somebody else."),
    "check": ("locks_check", "Check the table, and what may be done there."),
    "hold": ("locks_hold", "Hold a lock while a command runs."),
}


@click.group("locks", cls=Lazy, lazy=_COMMANDS)
@common
def command() -> None:
    """Look at locks that lie in a DynamoDB table, free them, and hold them.

    The rows may be those of Amazon's lock client for Java, of dynamolock for Go, of
    python-dynamodb-lock, of dynamodb-lock-client for JavaScript, or of Terraform.
    """
