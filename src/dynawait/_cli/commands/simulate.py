"""``dynawait simulate``: start a simulated DynamoDB."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ..embedded import check_embedded, pointers
from ..exits import CommandError, ExitCode
from ..settings import Settings, common, pass_settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from ...testing import SimulatedServer


@click.command("simulate")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    metavar="N",
    help="The port; 0: any that is free.",
)
@click.option(
    "--speed",
    type=float,
    default=1.0,
    show_default=True,
    metavar="N",
    help="How many of its seconds pass in one of yours; 0: none, it is moved by hand.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    metavar="N",
    help="Where the chance of its faults comes from.",
)
@click.option(
    "--faults",
    default="",
    metavar="NAME=VALUE,...",
    help="What goes wrong: throttle=0.05,lost_response=0.01,latency=0.1-0.4.",
)
@common
@pass_settings
def command(settings: Settings, /, host: str, port: int, **options: Any) -> int:
    """Start a simulated DynamoDB, whose tables take as long as on AWS.

    It prints its address when it is ready, and serves until Ctrl-C, or until
    --timeout is over. Every SDK, the AWS CLI, Terraform and this program can use it; a
    browser shows what is under way. It needs the extra testing.
    """
    server = _listening(host, port, **options)
    output = settings.output
    if not server.is_loopback:
        output.complain(
            f"Warning: {host} is not loopback: whoever reaches this machine can use "
            "the server, without any credentials"
        )
    output.record("server", url=server.url)
    output.show(f"dynawait simulated DynamoDB listening on {server.url}")
    output.tell(
        f"Point an SDK at it, and stop it with Ctrl-C:\n\n{pointers(server.url)}"
    )
    code = ExitCode.REACHED
    try:
        with _ended_after(settings.budget(None), server):
            server.serve()
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    output.tell("Stopped; its tables are gone.")
    return code


@contextmanager
def _ended_after(seconds: float | None, server: SimulatedServer) -> Generator[None]:
    """End a server that is still there after some seconds; None: never."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), server.__exit__)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _listening(
    host: str, port: int, *, speed: float, seed: int, faults: str
) -> SimulatedServer:
    """Return a server whose port is open.

    Raises:
        CommandError: it cannot be had.
    """
    check_embedded()
    from ...testing import SimulatedServer
    from ...testing.fault_words import parse_faults

    try:
        told = parse_faults(faults)
        server = SimulatedServer(
            host=host, port=port, speed=speed, seed=seed, faults=told
        )
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    try:
        server.listen()
    except OSError as error:
        raise CommandError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}",
            hint="Give another port, or --port 0 for any that is free.",
        ) from error
    return server
