"""Read a plan's file, and say what it is where it is something else."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .values import is_object, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

HOW = (
    "Write one with: terraform plan -out=plan.bin && "
    "terraform show -json plan.bin > plan.json (OpenTofu: tofu instead of terraform)."
)
_ZIP = b"PK\x03\x04"
_FORMAT = 1
# Which member tells what a file is, where it is none of ours.
_OTHERS = (
    ("lineage", "a state file of Terraform"),
    ("values", "a state: terraform show -json was given no plan file"),
    ("provider_schemas", "the output of terraform providers schema"),
    ("diagnostics", "the output of terraform validate"),
    ("@message", "the log of terraform plan -json"),
    ("AWSTemplateFormatVersion", "a CloudFormation template"),
    ("Changes", "a change set of CloudFormation"),
    ("steps", "a preview of Pulumi"),
    ("artifacts", "a cloud assembly of the CDK"),
    ("apiVersion", "a manifest of Kubernetes"),
    ("check_type", "a report of Checkov"),
    ("resource", "a configuration of Terraform"),
)
_TEXTS = (
    ("AWSTemplateFormatVersion", "a CloudFormation template"),
    ("AWS::", "a CloudFormation template"),
    ('resource "', "a configuration of Terraform"),
    ("Terraform will perform", "what terraform plan prints for people"),
    ("OpenTofu will perform", "what tofu plan prints for people"),
)


class NotAPlanError(Exception):
    """A file cannot be read, or is no plan."""


def read_source(name: str) -> Mapping[str, Any]:
    """Return what ``terraform show -json`` has written; ``-`` is standard input.

    Raises:
        NotAPlanError: it cannot be read, or is something else.
    """
    return plan_of(_text(_bytes(name)))


def plan_of(text: str) -> Mapping[str, Any]:
    """Return the plan that a text holds.

    Raises:
        NotAPlanError: it holds something else.
    """
    if not text.strip():
        raise NotAPlanError("it is empty: the command that wrote it may have failed")
    try:
        data: Any = json.loads(text)
    except RecursionError as error:
        raise NotAPlanError("it is nested too deeply for a plan") from error
    except ValueError as error:
        raise NotAPlanError(_guess(text) or f"it is no JSON: {error}") from error
    if not is_object(data):
        raise NotAPlanError(f"it is JSON, but no plan: it holds a {kind_of(data)}")
    _recognise(data)
    return data


def _bytes(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise NotAPlanError(error.strerror or str(error)) from error


def _text(data: bytes) -> str:
    """Decode a file; PowerShell's ``>`` writes UTF-16."""
    if data.startswith(_ZIP):
        raise NotAPlanError("it is a binary plan: show it as JSON first")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise NotAPlanError(f"it is no text: byte {error.start}") from error


def _recognise(data: Mapping[str, Any]) -> None:
    """See that an object is a plan of a format that is known."""
    is_plan = "format_version" in data and (
        "planned_values" in data or "resource_changes" in data
    )
    if not is_plan:
        raise NotAPlanError(_other(data))
    version = str(data["format_version"])
    major = version.partition(".")[0]
    if major != str(_FORMAT):
        raise NotAPlanError(
            f"it is a plan of format {version}, and {_FORMAT}.x is what is known: it "
            f"is written by Terraform 1.1 or newer, and by OpenTofu"
        )


def _other(data: Mapping[str, Any]) -> str:
    for member, what in _OTHERS:
        if member in data:
            return f"it is no plan but {what}"
    if is_object(data.get("Resources")):
        return "it is no plan but a CloudFormation template"
    members = ", ".join(list(data)[:5]) or "nothing"
    return f"it is JSON, but no plan: it has {members}"


def _guess(text: str) -> str | None:
    """Say what a text is that is no JSON."""
    first = text.lstrip().partition("\n")[0]
    if first.startswith("{"):
        try:
            line: Any = json.loads(first)
        except ValueError:
            return None
        return _other(line)
    for part, what in _TEXTS:
        if part in text:
            return f"it is no plan but {what}"
    return None
