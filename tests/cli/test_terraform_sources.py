"""Files that are no plans, or plans that are not as they should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.terraform_check.plans import module_names, read_plan
from dynawait._cli.terraform_check.sources import NotAPlanError, plan_of
from tests.cli.scenes import FINDINGS
from tests.cli.scenes import plan_of as scene

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04\x14\x00", "a binary plan"),
        (b"\x80\x81", "no text: byte 0"),
        (b"[1, 2]", "it holds a list"),
        (b"{}", "it has nothing"),
        (b'{"a": 1, "b": 2}', "it has a, b"),
        (b'{"format_version": "1.2", ', "no JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"version": 4, "lineage": "x", "resources": []}', "a state file"),
        (b'{"format_version": "1.0", "values": {}}', "given no plan file"),
        (b'{"format_version": "1.0", "provider_schemas": {}}', "providers schema"),
        (b'{"format_version": "0.2", "planned_values": {}}', "of format 0.2"),
        (b'{"format_version": "2.0", "planned_values": {}}', "of format 2.0"),
        (b'{"AWSTemplateFormatVersion": "2010-09-09"}', "CloudFormation"),
        (b'{"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}}', "CloudFormation"),
        (b"Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n", "CloudFormation"),
        (b'{"Changes": []}', "a change set"),
        (b'{"steps": []}', "Pulumi"),
        (b'{"version": "36.0.0", "artifacts": {}}', "CDK"),
        (b'resource "aws_dynamodb_table" "orders" {\n}\n', "a configuration"),
        (b"Terraform will perform the following actions:", "prints for people"),
        (b'{"@level": "info", "@message": "x"}\n{"@level": "info"}\n', "the log of"),
        (b'{"@level": "info"\n', "no JSON"),
    ],
)
def test_what_is_no_plan_is_told_for_what_it_is(
    cli: CommandLine, tmp_path: Path, content: bytes, words: str
) -> None:
    """With the command that writes a plan, and the exit code of wrong usage."""
    file = tmp_path / "file"
    file.write_bytes(content)
    done = cli("terraform", "check", str(file))
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert f"Error: {file}: " in done.err
    assert "terraform show -json" in done.err


def test_a_file_that_is_not_there_says_so(cli: CommandLine, tmp_path: Path) -> None:
    """As does a folder."""
    done = cli("terraform", "check", str(tmp_path / "gone.json"))
    assert (done.code, "No such file" in done.err) == (2, True)
    assert cli("terraform", "check", str(tmp_path)).code == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_plan_that_powershell_has_written_is_read(
    cli: CommandLine, tmp_path: Path, encoding: str
) -> None:
    """Its ``>`` writes UTF-16 with a byte order mark."""
    text = scene("indexes").read_text("utf-8")
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    file = tmp_path / "plan.json"
    file.write_bytes((mark + text).encode(encoding))
    records = cli("--json", "terraform", "check", str(file)).of_type("finding")
    assert len(records) == len(FINDINGS["indexes"])


def spoil(path: str, value: object) -> Callable[[dict[str, Any]], None]:
    """Return what sets a part of the first change of a plan."""

    def change(data: dict[str, Any]) -> None:
        place: Any = data
        *front, last = path.split(".")
        for name in front:
            place = place[int(name)] if name.isdigit() else place[name]
        place[int(last) if last.isdigit() else last] = value

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (spoil("resource_changes", {}), "resource_changes is no list"),
        (spoil("resource_changes.0", 7), "resource_changes[0] is no object"),
        (spoil("resource_changes.0.change", 7), "resource_changes[0]: change is no"),
        (spoil("resource_changes.0.change", {}), "not as Terraform writes it"),
        (spoil("resource_changes.0.change.after", []), "after is no object"),
        (spoil("resource_changes.0.change.replace_paths", [1]), "not as Terraform"),
        (spoil("resource_changes.0.change.after.attribute", 7), "attribute is no list"),
        (
            spoil("resource_changes.0.change.after.global_secondary_index", ["x"]),
            "global_secondary_index is no list of blocks",
        ),
        (spoil("configuration", []), "configuration is no object"),
        (spoil("configuration.root_module.module_calls", 7), "module_calls is no"),
    ],
)
def test_a_plan_that_was_damaged_says_where(
    cli: CommandLine,
    tmp_path: Path,
    damage: Callable[[dict[str, Any]], None],
    words: str,
) -> None:
    """It is no defect of ours, so there is no traceback."""
    data = json.loads(scene("modules").read_text("utf-8"))
    changes = data["resource_changes"]
    changes.sort(key=lambda each: each["type"] != "aws_dynamodb_table")
    damage(data)
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(data), "utf-8")
    done = cli("terraform", "check", str(file))
    assert done.code == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_data_sources_are_no_resources() -> None:
    """Reading one changes nothing."""
    plan = read_plan(plan_of(scene("quiet").read_text("utf-8")))
    assert {each.type for each in plan.resources} == {
        "aws_appautoscaling_target",
        "aws_dynamodb_table",
    }
    with pytest.raises(NotAPlanError):
        plan_of("7")


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("", ()),
        ("module.a", ("a",)),
        ('module.a["x.module.y"].module.b-c[0]', ("a", "b-c")),
        ('module.a["q\\"].module.z["].module.b', ("a", "b")),
    ],
)
def test_the_keys_of_modules_are_not_names(
    address: str, names: tuple[str, ...]
) -> None:
    """Whatever is in them."""
    assert module_names(address) == names
