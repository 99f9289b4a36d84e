"""What the commands that change something say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

CHANGES = [
    "create",
    "update",
    "delete",
    "indexes apply",
    "ttl enable",
    "ttl disable",
    "backup create",
    "backup restore",
    "backup pitr enable",
    "backup pitr disable",
    "tags set",
    "tags remove",
]
LOOKS = ["indexes list", "ttl show", "backup list", "backup pitr show", "tags show"]


@pytest.mark.parametrize("command", CHANGES)
def test_each_change_can_be_planned_and_agreed_to(
    cli: CommandLine, command: str
) -> None:
    """The same three options everywhere, and the common ones."""
    done = cli(*command.split(), "--help")
    assert done.code == 0
    for option in ("--plan", "--yes", "--detailed-exitcode", "--timeout", "--json"):
        assert option in done.out


@pytest.mark.parametrize("command", LOOKS)
def test_each_look_takes_the_common_options(cli: CommandLine, command: str) -> None:
    """And none of those for changes."""
    done = cli(*command.split(), "--help")
    assert done.code == 0
    assert "--json" in done.out
    assert "--yes" not in done.out


@pytest.mark.parametrize("group", ["indexes", "ttl", "backup", "backup pitr", "tags"])
def test_each_group_lists_its_commands(cli: CommandLine, group: str) -> None:
    """With a line each, also those whose module is not loaded for it."""
    done = cli(*group.split(), "--help")
    assert done.code == 0
    for each in CHANGES + LOOKS:
        if each.startswith(f"{group} "):
            name = each.removeprefix(f"{group} ").split()[0]
            assert f"\n  {name} " in done.out


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("create", "--key NAME[:TYPE]"),
        ("backup restore", "--at TIME"),
        ("update", "--timeout SPAN"),
    ],
)
def test_help_shows_what_a_value_looks_like(
    cli: CommandLine, command: str, words: str
) -> None:
    """In the place of the value."""
    assert words in cli(*command.split(), "--help").out
