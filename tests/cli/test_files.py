"""Requests in files, and what people get wrong in them."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import pytest

from dynawait._cli.exits import CommandError
from dynawait._cli.files import read_data, read_request

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        '{"TableName": "orders", "BillingMode": "PAY_PER_REQUEST"}',
        "TableName: orders\nBillingMode: PAY_PER_REQUEST\n",
        "\ufeffTableName: orders\nBillingMode: PAY_PER_REQUEST\n",
    ],
)
def test_json_and_yaml_say_the_same(tmp_path: Path, text: str) -> None:
    """As do files that begin with a byte order mark."""
    file = tmp_path / "request"
    file.write_text(text, encoding="utf-8")
    wanted = {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST"}
    assert read_request(str(file), "UpdateTable") == wanted


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that another program can write the request."""
    source: Any = io.TextIOWrapper(io.BytesIO(b'{"TableName": "orders"}'))
    monkeypatch.setattr(sys, "stdin", source)
    assert read_data("-") == {"TableName": "orders"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("[1]", "it holds a list"),
        ("just words", "it holds a string"),
        ("7", "it holds a number"),
        ("null", "it holds a null"),
        ('{"TableName": "a", "TableName": "b"}', "'TableName' twice"),
        ("TableName: a\nTableName: b\n", "line 2: it has 'TableName' twice"),
        ("Tags:\n- {Key: a, Key: b}\n", "line 2: it has 'Key' twice"),
        ('{"TableName": ', "no JSON"),
        ("a: [1", "neither JSON nor YAML"),
        ("yes: 1\n", "quote it"),
        ("!!python/object:os.system {}", "neither JSON nor YAML"),
        ("TabelName: orders", "unknown field TabelName (did you mean TableName?)"),
        (
            "GlobalSecondaryIndexUpdates:\n- Create: {IndexNam: x}\n",
            "GlobalSecondaryIndexUpdates[0].Create.IndexNam (did you mean IndexName?)",
        ),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_right_says_why(
    tmp_path: Path, text: str, words: str
) -> None:
    """And where, so that nobody has to guess."""
    file = tmp_path / "request.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        read_request(str(file), "UpdateTable")
    assert words in str(caught.value)
    assert "request.yaml" in str(caught.value)
    assert caught.value.code == 2


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """It is not there, is a folder, or is no text."""
    for name, words in (("gone", "No such file"), ("", "directory")):
        with pytest.raises(CommandError, match=words):
            read_data(str(tmp_path / name))
    binary = tmp_path / "binary"
    binary.write_bytes(b"a\xff")
    with pytest.raises(CommandError, match="byte 1 is not UTF-8"):
        read_data(str(binary))
