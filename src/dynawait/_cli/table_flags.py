"""Flags for what people often ask of a table, as parts of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    F = TypeVar("F", bound="Callable[..., Any]")
    _Choice = click.Choice[str]
else:  # it has no parameters at run time before click 8.2
    _Choice = click.Choice

_MODES = ("PAY_PER_REQUEST", "PROVISIONED")
_CLASSES = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")
_VIEWS = ("NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY")
_TYPES = ("S", "N", "B")


class Word(_Choice):
    """A word of DynamoDB's, shown as it writes them; small letters do as well."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the word."""
        known = value.upper() if str(value).upper() in self.choices else value
        return str(super().convert(known, param, ctx))


class Key(click.ParamType):  # type: ignore[type-arg] # generic since click 8.4
    """A key attribute with its type, ``pk:S``; its value is a pair."""

    name = "key"

    def get_metavar(
        self, param: click.Parameter, ctx: click.Context | None = None
    ) -> str:
        """Return how help shows it; click before 8.2 gives no context."""
        del param, ctx
        return "NAME[:TYPE]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return the name and the type; a string where none is said."""
        if isinstance(value, tuple):
            return cast("tuple[str, str]", value)
        name, colon, kind = value.rpartition(":")
        if not colon:
            name, kind = value, "S"
        if not name or kind not in _TYPES:
            self.fail(
                f"{value!r} is no key: write its name, a colon and the type, as pk:S; "
                "the types are S (string), N (number) and B (binary)",
                param,
                ctx,
            )
        return name, kind


def key_flags(command: F) -> F:
    """Add the flags for the key of a new table."""
    for option in (
        click.option(
            "--sort-key", type=Key(), help="Sort key; types are S, N, B, S if not said."
        ),
        click.option("--key", type=Key(), help="Partition key, such as pk:S."),
    ):
        command = option(command)
    return command


def setting_flags(command: F) -> F:
    """Add the flags for settings that CreateTable and UpdateTable both take."""
    for option in (
        click.option(
            "--stream",
            type=Word([*_VIEWS, "NONE"]),
            help="What the stream shows of a change; NONE: there is no stream.",
        ),
        click.option(
            "--deletion-protection/--no-deletion-protection",
            default=None,
            help="Refuse to delete the table, or allow it.",
        ),
        click.option("--table-class", type=Word(_CLASSES)),
        click.option(
            "--write", type=click.IntRange(min=1), help="Write capacity units."
        ),
        click.option("--read", type=click.IntRange(min=1), help="Read capacity units."),
        click.option(
            "--on-demand", is_flag=True, help="Short for --billing-mode PAY_PER_REQUEST"
        ),
        click.option("--billing-mode", type=Word(_MODES)),
    ):
        command = option(command)
    return command


def key_members(
    key: tuple[str, str] | None, sort_key: tuple[str, str] | None
) -> dict[str, Any]:
    """Return the members of CreateTable that a key is.

    Raises:
        UsageError: there is only half of it.
    """
    if key is None:
        if sort_key is not None:
            raise click.UsageError("--sort-key needs --key as well")
        return {}
    if sort_key is not None and key[0] == sort_key[0]:
        raise click.UsageError(f"--key and --sort-key are both {key[0]}")
    pairs = [(*key, "HASH"), *([(*sort_key, "RANGE")] if sort_key else [])]
    return {
        "KeySchema": [{"AttributeName": n, "KeyType": role} for n, _, role in pairs],
        "AttributeDefinitions": [
            {"AttributeName": n, "AttributeType": kind} for n, kind, _ in pairs
        ],
    }


def setting_members(
    *,
    billing_mode: str | None,
    on_demand: bool,
    read: int | None,
    write: int | None,
    table_class: str | None,
    deletion_protection: bool | None,
    stream: str | None,
) -> dict[str, Any]:
    """Return the members of CreateTable or UpdateTable that flags stand for.

    Raises:
        UsageError: two flags contradict each other.
    """
    if on_demand and billing_mode == "PROVISIONED":
        raise click.UsageError("--on-demand contradicts --billing-mode PROVISIONED")
    units = {"ReadCapacityUnits": read, "WriteCapacityUnits": write}
    found: dict[str, Any] = {
        "BillingMode": "PAY_PER_REQUEST" if on_demand else billing_mode,
        "ProvisionedThroughput": {k: n for k, n in units.items() if n is not None},
        "TableClass": table_class,
        "DeletionProtectionEnabled": deletion_protection,
        "StreamSpecification": _stream(stream),
    }
    return {name: value for name, value in found.items() if value not in (None, {})}


def check_units(request: Mapping[str, Any]) -> None:
    """Refuse half a capacity, whether a file or a flag has said it.

    Raises:
        UsageError: there is only half of it.
    """
    units = request.get("ProvisionedThroughput")
    if isinstance(units, dict) and len(cast("dict[str, Any]", units)) == 1:
        raise click.UsageError("--read and --write go together: give both")


def _stream(view: str | None) -> dict[str, Any]:
    if view is None:
        return {}
    if view == "NONE":
        return {"StreamEnabled": False}
    return {"StreamEnabled": True, "StreamViewType": view}
