"""What a folder that Terraform was initialised in says of its S3 backend."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ...locks.backends import TerraformBackend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DATA = ".terraform"
_CHDIR = "-chdir="
_PREFIX = "env:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """The S3 backend of a folder, as `terraform init` has written it down.

    Attributes:
        path: where the lock of the chosen workspace lies.
        table: the table of the locks; None: this backend has none.
        region: its Region, where that is said.
        endpoint: DynamoDB's address, where that is said.
        lockfile: whether S3 itself holds a lock as well.
    """

    path: str
    table: str | None
    region: str | None
    endpoint: str | None
    lockfile: bool


def backend_of(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> Backend | None:
    """Return the S3 backend that a command will use, as far as that can be told.

    Args:
        command: Terraform and its arguments.
        environment: its environment; None: ours.

    Returns:
        None where the folder was not initialised, or has a backend of another kind.
    """
    found = os.environ if environment is None else environment
    data = folder_of(command) / (found.get("TF_DATA_DIR") or _DATA)
    config = _config(data / "terraform.tfstate")
    bucket, key = config.get("bucket"), config.get("key")
    if not (isinstance(bucket, str) and bucket and isinstance(key, str) and key):
        return None
    backend = TerraformBackend(
        bucket=bucket,
        key=key,
        workspace_key_prefix=_text(config, "workspace_key_prefix") or _PREFIX,
    )
    named = _part(config, "endpoints")
    return Backend(
        path=backend.path(_workspace(data, found)),
        table=_text(config, "dynamodb_table"),
        region=_text(config, "region"),
        endpoint=_text(named, "dynamodb") or _text(config, "dynamodb_endpoint"),
        lockfile=config.get("use_lockfile") is True,
    )


def folder_of(command: Sequence[str]) -> Path:
    """Return the folder that a command works in; the option comes before all others."""
    for word in command[1:]:
        if word.startswith(_CHDIR):
            return Path(word.removeprefix(_CHDIR))
        if not word.startswith("-"):
            break
    return Path()


def _config(file: Path) -> dict[str, Any]:
    """Return the options of an S3 backend; none where there is no such thing."""
    try:
        found: Any = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):  # it is Terraform that complains
        return {}
    backend = _part(found, "backend")
    return _part(backend, "config") if backend.get("type") == "s3" else {}


def _part(value: Any, name: str) -> dict[str, Any]:
    """Return an object inside another; an empty one where there is none."""
    part: Any = cast("dict[str, Any]", value).get(name) if _is_object(value) else None
    return cast("dict[str, Any]", part) if _is_object(part) else {}


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _workspace(data: Path, environment: Mapping[str, str]) -> str:
    chosen = environment.get("TF_WORKSPACE")
    if chosen:
        return chosen
    try:
        return (data / "environment").read_text(encoding="utf-8").strip() or "default"
    except (OSError, ValueError):
        return "default"


def _text(config: Mapping[str, Any], name: str) -> str | None:
    value = config.get(name)
    return value if isinstance(value, str) and value else None
