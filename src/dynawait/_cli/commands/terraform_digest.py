"""``dynawait terraform digest``: the MD5 that Terraform expects a state to have."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path
from typing import Any

import click

from ...sync.locks import TerraformLocks
from ..consent import NOTHING_CHANGED, ask
from ..exits import CommandError, ExitCode
from ..settings import Settings, common, pass_settings
from ..terraform_locks.table import lock_table_option, source_of

_MD5 = re.compile("[0-9a-fA-F]{32}")


def _checked(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> str | None:
    """Take what can be a digest, before anybody is asked about it."""
    if value is not None and not _MD5.fullmatch(value):
        message = f"{value!r} is no MD5: give 32 hexadecimal digits, as md5sum prints"
        raise click.BadParameter(message, ctx, param)
    return value


@click.command("digest")
@click.argument("path")
@lock_table_option
@click.option(
    "--repair", metavar="MD5", callback=_checked, help="What it should be, in hex."
)
@click.option(
    "--state-file",
    metavar="FILE",
    help="The state as it lies in the bucket, whose digest it should be; - is standard "
    "input.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
@pass_settings
def command(
    settings: Settings,
    path: str,
    *,
    lock_table: str | None,
    repair: str | None,
    state_file: str | None,
    yes: bool,
) -> int:
    """Show the digest of the state at PATH, compare it, or put it right.

    Terraform refuses a state whose MD5 is not the digest ("state data in S3 does not
    have the expected content"), as after an upload that was cut off. See that the state
    in the bucket is the one that you want, and give it:

    \b
        aws s3 cp s3://BUCKET/KEY - |
            dynawait terraform digest BUCKET/KEY --state-file -

    A digest that differs is written once you agree: at the terminal, or by --yes.
    Otherwise nothing is changed and the exit code is 1. Where there is no digest,
    Terraform takes any state.
    """  # noqa: D301 - click wants the character
    if repair is not None and state_file is not None:
        raise CommandError(
            "--repair and --state-file both say what the digest should be",
            ExitCode.USAGE,
        )
    source = source_of(settings, lock_table)
    locks = TerraformLocks(settings.dynamodb, source.table)
    wanted = repair if state_file is None else _md5_of(state_file)
    found = locks.digest(path)
    if wanted is not None and found == wanted.lower():
        return _say(settings, path, found, right=True)
    can_agree = yes or settings.output.can_ask
    if wanted is None or (found is None and not can_agree):
        # Without a digest Terraform takes any state.
        return _say(settings, path, found, right=None)
    _agree(settings, path, found, wanted, yes=yes)
    locks.repair_digest(path, wanted)
    return _say(settings, path, wanted.lower(), right=True, repaired=True)


def _md5_of(name: str) -> str:
    """Return the MD5 of a file.

    Raises:
        CommandError: it cannot be read.
    """
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(
            f"{name}: {error.strerror or error}", ExitCode.USAGE
        ) from error
    if not data:
        # What is left of a download that failed, and never a state.
        raise CommandError(f"{name}: it is empty, and no state", ExitCode.USAGE)
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _agree(
    settings: Settings, path: str, found: str | None, wanted: str, *, yes: bool
) -> None:
    """See that the digest may be written.

    Raises:
        CommandError: it may not.
    """
    said = f"{path}: the digest is {found or 'absent'}, and should be {wanted.lower()}"
    if not (yes or settings.output.can_ask):
        _say(settings, path, found, right=False)
        raise CommandError(said, hint=f"{NOTHING_CHANGED} Give --yes to write it.")
    if not yes:
        settings.output.complain(said)
    ask(settings.output, "Write it", yes=yes)


def _say(
    settings: Settings,
    path: str,
    digest: str | None,
    *,
    right: bool | None,
    repaired: bool = False,
) -> int:
    """Print what there is; `right` is None where there is nothing to compare."""
    facts: dict[str, Any] = {"digest": digest, "right": right, "repaired": repaired}
    settings.output.record("digest", path=path, **facts)
    word = {None: "", True: ", which is right", False: ", which is wrong"}[right]
    now = " now" if repaired else ""
    settings.output.show(f"{path}:{now} {digest or 'no digest'}{word}")
    return ExitCode.REACHED
