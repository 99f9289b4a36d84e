"""Whether the owner of a lock lives: what the person at the command line can say."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ...locks.owners import local_owner_alive
from ..exits import CommandError, ExitCode
from ..processes import is_running

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...locks.assessments import OwnerProbe
    from ...locks.records import LockRecord

    F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--alive-pid",
        type=click.IntRange(min=1),
        metavar="PID",
        help="Its owner is this process, on this machine.",
    ),
    click.option("--alive", is_flag=True, help="Its owner is known to live."),
    click.option("--dead", is_flag=True, help="Its owner is known to be dead."),
    click.option(
        "--local",
        is_flag=True,
        help="Look for the process that the row names, if it is on this machine.",
    ),
)


def probe_options(command: F) -> F:
    """Add the options that tell of the owner."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def probe_of(
    *, alive_pid: int | None, alive: bool, dead: bool, local: bool
) -> OwnerProbe | None:
    """Return what is known of the owner; None: nothing.

    Raises:
        CommandError: several things are said of it, or this platform cannot tell.
    """
    said = [alive_pid is not None, alive, dead, local]
    if sum(said) > 1:
        raise CommandError(
            "--alive-pid, --alive, --dead and --local exclude each other",
            ExitCode.USAGE,
        )
    if alive_pid is not None:
        found = is_running(alive_pid)
        if found is None:
            raise CommandError(
                f"nobody can tell here whether the process {alive_pid} runs",
                hint="Find out, and say --alive or --dead.",
            )
        return partial(_always, found)
    if alive or dead:
        return partial(_always, alive)
    return local_owner_alive if local else None


def _always(answer: bool, _: LockRecord) -> bool:  # noqa: FBT001 - the answer of a probe
    return answer
