"""The page about the command line has every command and option, and no other."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from dynawait._cli.app import app
from dynawait._cli.exits import ExitCode
from dynawait._cli.hooks import Hook

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text("utf-8")
SHARED = {
    "options-of-every-change": "Options of every change",
    "options-of-a-table-of-locks": "Options of a table of locks",
}
EVERYWHERE = "Options of every command"
_CELL = re.compile(r"^\| ((?:[^|]|\\\|)*) \|(.*)\|$", re.MULTILINE)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][\w-]*")


def commands(
    group: click.Group = app, path: tuple[str, ...] = ("dynawait",)
) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command that does something, with how it is called."""
    context = click.Context(group, info_name=path[-1])
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            own = click.Context(command, info_name=name)
            yield " ".join((*path, name)), command, own


COMMANDS = {path: (command, context) for path, command, context in commands()}


def section(title: str) -> str:
    """Return what stands under a heading."""
    found = re.search(
        rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"the page has no heading {title!r}"
    return found[1]


def rows(title: str) -> dict[str, str]:
    """Return the rows of the tables in a section: by option, what the row says."""
    found = {}
    for cell, rest in _CELL.findall(section(title)):
        for option in _OPTION.findall(cell):
            assert option not in found, f"{title}: {option} twice"
            found[option] = f"{cell} {rest}"
    return found


def documented(path: str) -> dict[str, str]:
    """Return the rows of a command, with those of the options that it shares."""
    found = rows(path)
    text = section(path)
    for anchor, title in SHARED.items():
        if f"](#{anchor})" in text:
            found |= rows(title)
    return found


def options(command: click.Command) -> dict[str, click.Option]:
    """Return the options of a command by each of their names."""
    return {
        name: option
        for option in command.params
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }


def test_the_page_has_every_command_and_no_other() -> None:
    """As headings."""
    headings = re.findall(r"^#+ (dynawait .*)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_has_the_options_that_the_page_says(path: str) -> None:
    """All of them, and no other; those of every command stand there once."""
    command, _ = COMMANDS[path]
    wanted = set(options(command)) - set(rows(EVERYWHERE))
    assert set(documented(path)) == wanted


def test_every_command_takes_the_options_of_every_command() -> None:
    """The table lists what all of them take."""
    everywhere = set.intersection(
        *(set(options(each)) for each, _ in COMMANDS.values())
    )
    assert set(rows(EVERYWHERE)) - {"--version"} == everywhere
    assert set(options(app)) <= set(rows(EVERYWHERE))


@pytest.mark.parametrize("path", COMMANDS)
def test_the_page_shows_how_a_command_is_called(path: str) -> None:
    """With its arguments, as its help does."""
    command, context = COMMANDS[path]
    pieces = command.collect_usage_pieces(context)
    shown = " ".join([path, *(each for each in pieces if each != "[OPTIONS]")])
    assert f"`{shown}`" in section(path)


@pytest.mark.parametrize("path", COMMANDS)
def test_the_page_has_every_choice_and_default(path: str) -> None:
    """In the row of the option."""
    command, context = COMMANDS[path]
    for name, row in documented(path).items():
        option = options(command)[name]
        if isinstance(option.type, click.Choice):
            for choice in option.type.choices:
                assert str(choice).lower() in row.lower(), f"{path} {name}: {choice}"
        if option.show_default:
            default = option.show_default
            told = default if isinstance(default, str) else option.get_default(context)
            told = f"{told:g}" if isinstance(told, float) else str(told)
            assert told in row, f"{path} {name}: {told}"


def test_no_help_shows_a_mark_that_is_meant_for_click() -> None:
    r"""A raw docstring has no \b, but a backslash and a letter."""
    for path, (command, context) in COMMANDS.items():
        assert "\\b" not in command.get_help(context), path


def test_the_page_has_every_exit_code() -> None:
    """And no other; so has the help."""
    codes = re.findall(r"^\| (\d+) \|", section("Exit codes"), re.MULTILINE)
    assert sorted(map(int, codes)) == sorted(ExitCode)
    words = app.get_help(click.Context(app, info_name="dynawait")).split()
    assert {str(int(code)) for code in ExitCode} <= set(words)


def test_the_page_has_the_variables_that_commands_are_given() -> None:
    """Those of a lock that is held, and those of a change that was seen."""
    found = set(re.findall(r"`(DYNAWAIT_\w+)`", section("Environment")))
    hook = set(re.findall(r'"(DYNAWAIT_\w+)"', inspect.getsource(Hook)))
    lock = {f"DYNAWAIT_LOCK_{name}" for name in ("KEY", "TABLE", "TOKEN", "ID")}
    assert found == hook | lock
