"""``dynawait demo``: play a migration on an embedded server."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

import click

from ..embedded import check_embedded, pointers
from ..exits import CommandError, ExitCode
from ..settings import Settings, common, pass_settings
from ..spans import spell

if TYPE_CHECKING:
    from ..demo.stage import Stage
    from ..demo.story import Story

_SLOWEST, _FASTEST = 1.0, 200.0


@click.command("demo")
@click.option(
    "--speed",
    type=click.FloatRange(_SLOWEST, _FASTEST),
    default=60.0,
    show_default=True,
    metavar="N",
    help="How many of the server's seconds pass in one of yours; 1 to 200.",
)
@click.option("--seed", type=int, default=0, help="Where the server's chance is from.")
@click.option(
    "--keep", is_flag=True, help="Leave the server running at the end, to look at it."
)
@common
@pass_settings
def command(settings: Settings, speed: float, seed: int, keep: bool) -> int:  # noqa: FBT001 - click passes it by name
    """Play a migration on an embedded server: no account, no Java, no Node.

    A table with data is moved to on-demand capacity and gets new indexes, while
    somebody else changes it too; one process is killed half-way, leaves its lock
    behind, and the next one takes it over and goes on. It takes about a minute, and
    exits with 0 only where everything has really happened. It needs the extra testing.
    """
    if settings.endpoint_url:
        raise CommandError(
            "the demo plays on a server of its own: it takes no --endpoint-url",
            ExitCode.USAGE,
        )
    check_embedded()
    try:
        _perform(settings, speed, seed, keep=keep)
    except KeyboardInterrupt as interruption:
        settings.output.complain("Interrupted: the server of the demo is gone.")
        settings.output.record(
            "error",
            error="Interrupted",
            message=str(interruption) or "Ctrl-C",
            exit=130,
        )
        return ExitCode.INTERRUPTED
    return ExitCode.REACHED


def _perform(settings: Settings, speed: float, seed: int, *, keep: bool) -> None:
    from ..demo.stage import stage
    from ..demo.story import Story

    story = Story(settings.output)
    began = monotonic()
    with stage(speed, seed) as on:
        _play(settings, on, story, speed)
        _conclude(settings, story, monotonic() - began)
        if keep:
            _keep(settings, on)


def _play(settings: Settings, on: Stage, story: Story, speed: float) -> None:
    from ..demo.acts import make_table, queue_changes, switch_billing
    from ..demo.crash import kill_a_run, run_it_again

    story.title("dynawait demo: a migration, without an account")
    story.say(
        f"An embedded DynamoDB listens at {on.server.url}. Its tables take as long as "
        f"on AWS, but its clock runs {speed:g} times as fast as yours. What you see is "
        "real HTTP, sent by botocore."
    )
    for act in (make_table, switch_billing, queue_changes, kill_a_run, run_it_again):
        act(settings, on, story)


def _conclude(settings: Settings, story: Story, elapsed: float) -> None:
    """Say how it went.

    Raises:
        CommandError: something did not happen that should have.
    """
    output = settings.output
    output.record(
        "result",
        reached=not story.failed,
        checks=story.checks,
        failed=story.failed,
        elapsed=round(elapsed, 3),
    )
    if story.failed:
        raise CommandError(
            f"{len(story.failed)} of {story.checks} checks failed",
            hint="This is a defect of dynawait: please report it.",
        )
    output.show(f"\nAll of it happened: {story.checks} checks in {spell(elapsed)}.")
    if not output.quiet:
        output.show(
            "Next: dynawait --help, or dynawait simulate for a server of your own."
        )


def _keep(settings: Settings, on: Stage) -> None:
    """Leave the server as it is until Ctrl-C."""
    settings.output.record("server", url=on.server.url)
    settings.output.show(
        f"\nThe server goes on at {on.server.url} until Ctrl-C; a browser shows it, "
        f"and this reaches it:\n\n{pointers(on.server.url)}\ndynawait status orders"
    )
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        settings.output.tell("stopped")
