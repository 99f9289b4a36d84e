"""What a run of the command line was told, wherever in the line it was said."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .exits import CommandError, ExitCode
from .output import Output
from .spans import Span

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")
_ATTEMPTS = 2  # of a call, by the recommended configuration
_SHORTEST = 1.0  # seconds that an attempt has in any case
_NO_BOTOCORE = (
    "no AWS SDK is installed. Install one with: pip install 'dynawait[cli]' boto3"
)


@dataclass
class Settings:
    """The options that every command takes.

    Attributes:
        profile: the profile of the AWS configuration; None: as the environment says.
        region: the Region; None: as the environment says.
        endpoint_url: the address of DynamoDB; None: as the environment says.
        timeout: the whole command's budget, in seconds; infinity: none; None: the
            command's own.
        json: whether one JSON object a line is printed, for machines.
        quiet: whether nothing is told on the way.
    """

    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    timeout: float | None = None
    json: bool = False
    quiet: bool = False
    _clients: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    @cached_property
    def output(self) -> Output:
        """Where this run writes."""
        return Output(json=self.json, quiet=self.quiet)

    def budget(self, default: float | None) -> float | None:
        """Return the budget, in seconds; None: for ever."""
        if self.timeout is None:
            return default
        return None if isinf(self.timeout) else self.timeout

    @property
    def dynamodb(self) -> Any:
        """A client of DynamoDB."""
        return self.client("dynamodb")

    def client(self, service: str) -> Any:
        """Return a client of a service of AWS; the endpoint is DynamoDB's alone.

        Raises:
            CommandError: no SDK is installed, or an option cannot be right.
        """
        if service not in self._clients:
            self._clients[service] = self._make(service)
        return self._clients[service]

    def _make(self, service: str) -> Any:
        try:
            from botocore.exceptions import NoRegionError
            from botocore.session import Session
        except ImportError as error:
            raise CommandError(_NO_BOTOCORE) from error
        session = Session(profile=self.profile)
        endpoint = self.endpoint_url if service == "dynamodb" else None
        try:
            return session.create_client(
                service,
                # botocore itself reads AWS_DEFAULT_REGION alone
                region_name=self.region or os.environ.get("AWS_REGION"),
                endpoint_url=endpoint,
                config=self._config(service),
            )
        except NoRegionError as error:
            raise CommandError(
                "no Region is set", hint="Give --region, or set AWS_REGION."
            ) from error
        except ValueError as error:  # as botocore refuses an address or a Region
            raise CommandError(str(error), ExitCode.USAGE) from error

    def _config(self, service: str) -> Any:
        """Return a client's configuration: no call of it outlasts the budget."""
        from botocore.config import Config

        from ..recommended import recommended_config

        known: Any = recommended_config() if service == "dynamodb" else Config()
        if self.timeout is None or isinf(self.timeout):
            return known
        attempt = max(_SHORTEST, self.timeout / _ATTEMPTS)
        return known.merge(
            Config(
                connect_timeout=min(known.connect_timeout, attempt),
                read_timeout=min(known.read_timeout, attempt),
            )
        )


pass_settings = click.make_pass_decorator(Settings, ensure=True)


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Store an option where all parts of the line put theirs; the last one counts."""
    if value is not None and value is not False:  # 0.0 is a budget
        setattr(ctx.ensure_object(Settings), str(param.name), value)


def _show_help(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    """Print the help as any result: click's own way ends in 1 where nobody reads it."""
    if value and not ctx.resilient_parsing:
        ctx.ensure_object(Settings).output.write(ctx.get_help())
        ctx.exit()


def _option(*names: str, **facts: Any) -> Callable[[F], F]:
    return click.option(
        *names, callback=_keep, expose_value=False, is_eager=True, **facts
    )


_COMMON = (
    _option("--profile", metavar="NAME", help="Profile of the AWS configuration."),
    _option("--region", metavar="REGION", help="AWS Region."),
    _option("--endpoint-url", metavar="URL", help="Address of DynamoDB."),
    _option(
        "--timeout",
        type=Span(endless=True),
        help="Give up after 90s, 10m, 2h; none: never.",
    ),
    _option("--json", is_flag=True, help="Print one JSON object a line."),
    _option("--quiet", "-q", is_flag=True, help="Tell nothing on the way."),
    click.option(
        "-h",
        "--help",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_help,
        help="Show this message and exit.",
    ),
)


def common(command: F) -> F:
    """Add the options that every command takes."""
    for option in reversed(_COMMON):
        command = option(command)
    return command
