"""Terraform's Info is written to the byte as Go writes it, and read patiently."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait.errors import InvalidArgumentError
from dynawait.locks._dialects.gotime import ZERO, format_time, parse_time
from dynawait.locks._dialects.info import read_info, rewrite_info, write_info
from dynawait.locks.records import TerraformLock
from tests.unit.locks.lock_rows import INFO, STATE

FIELDS: dict[str, Any] = {
    "lock_id": "f0ef6d80-c50a-ee94-643d-503f06682db6",
    "operation": "OperationTypeApply",
    "info": "",
    "who": "root@vm",
    "version": "1.11.4",
    "created": "2026-11-21T00:16:54.929421246Z",
    "path": STATE,
}
PARTS = ("ID", "Operation", "Info", "Who", "Version", "Created", "Path")


def _read(text: str) -> TerraformLock:
    lock = read_info("bucket/key", text)
    assert isinstance(lock, TerraformLock), lock
    return lock


def test_the_row_that_terraform_wrote_is_written_again() -> None:
    """Key order, spaces, empty strings and nanoseconds are Terraform's own."""
    assert write_info(**FIELDS) == INFO
    assert rewrite_info(INFO) == INFO


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain ~ \x7f", "plain ~ \x7f"),
        ('say "hi"', r"say \"hi\""),
        ("C:\\state", r"C:\\state"),
        ("a/b", "a/b"),
        ("<a&b>", r"\u003ca\u0026b\u003e"),
        ("\u2028\u2029", r"\u2028\u2029"),
        ("\n\r\t\b\f", r"\n\r\t\b\f"),
        ("\x00\x01\x0b\x1f", r"\u0000\u0001\u000b\u001f"),
        ("grün 日本 \x85\xa0", "grün 日本 \x85\xa0"),
        ("\U0001f512", "\U0001f512"),
        ("\ufffd", "\ufffd"),
        ("\ud800x\udfff", r"\ufffdx\ufffd"),
    ],
)
def test_strings_are_escaped_as_go_escapes_them(text: str, written: str) -> None:
    """HTML's characters and two separators are escaped, all else is left raw."""
    found = write_info(**{**FIELDS, "info": text})
    assert found == INFO.replace('"Info":""', f'"Info":"{written}"')


def test_all_control_characters_are_escaped() -> None:
    """Five have a letter, the others their number in lower-case hexadecimal."""
    letters = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r"}
    for number in range(0x20):
        wanted = letters.get(number) or f"u{number:04x}"
        found = write_info(**{**FIELDS, "info": chr(number)})
        assert f'"Info":"\\{wanted}"' in found


@pytest.mark.parametrize("text", [r"\u0008\u000c", r"\b\f", r"\B".lower() + r"\u000C"])
def test_both_spellings_of_backspace_and_form_feed_are_read(text: str) -> None:
    """Go before 1.22 wrote their numbers."""
    assert _read(INFO.replace('"Info":""', f'"Info":"{text}"')).info == "\b\f"


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 120000, UTC), "2026-01-02T03:04:05.12Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 1, UTC), "2026-01-02T03:04:05.000001Z"),
        (datetime(2026, 1, 2, 3, 4, 10, tzinfo=UTC), "2026-01-02T03:04:10Z"),
        (
            datetime(2026, 1, 2, 1, tzinfo=timezone(timedelta(hours=2))),
            "2026-01-01T23:00:00Z",
        ),
        (ZERO, "0001-01-01T00:00:00Z"),
    ],
)
def test_times_are_written_as_go_writes_them(moment: datetime, written: str) -> None:
    """They are in UTC and end without zeros."""
    assert format_time(moment) == written
    assert f'"Created":"{written}"' in write_info(**{**FIELDS, "created": moment})


@pytest.mark.parametrize(
    "created",
    [
        datetime(2026, 1, 2),  # noqa: DTZ001 - the missing zone is the point
        "2026-11-21",
        "2026-11-21T00:16:54",
        "2026-11-21T00:16:54.10Z",
        "2026-11-21T00:16:54+00:00",
        "2026-02-30T00:16:54Z",
        "now",
    ],
)
def test_a_time_that_go_would_not_write_is_refused(created: Any) -> None:
    """One without a zone would break Terraform's own force-unlock."""
    with pytest.raises(InvalidArgumentError, match=r"^created: "):
        write_info(**{**FIELDS, "created": created})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2026-11-21T00:16:54.929421246Z", "2026-11-21T00:16:54.929421246Z"),
        ("2026-11-21T00:16:54.9294212469Z", "2026-11-21T00:16:54.929421246Z"),
        ("2026-11-21T00:16:54.100Z", "2026-11-21T00:16:54.1Z"),
        ("2026-11-21T00:16:54.000Z", "2026-11-21T00:16:54Z"),
        ("2026-11-21T00:16:54+00:00", "2026-11-21T00:16:54Z"),
        ("2026-11-21T02:16:54+02:00", "2026-11-21T02:16:54+02:00"),
    ],
)
def test_times_are_spelled_as_go_would_after_reading(text: str, written: str) -> None:
    """Nanoseconds are kept, and so is a zone."""
    found = parse_time(text)
    assert found is not None
    assert (found.text, found.zoned) == (written, True)
    assert found.moment.replace(microsecond=0) == datetime(
        2026, 11, 21, 0, 16, 54, tzinfo=UTC
    )


def test_nanoseconds_are_cut_and_not_rounded() -> None:
    """A lock is never younger than it says."""
    found = parse_time("2026-11-21T00:16:54.929421999Z")
    assert found is not None
    assert found.moment.microsecond == 929421


@pytest.mark.parametrize(
    "text", ["", "2026", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "x"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    """Python's years begin with 1, and so does what can be read."""
    assert parse_time(text) is None
    assert parse_time("2026-11-21T00:16:54+99:99") is None


def test_keys_are_read_in_any_order_and_case() -> None:
    """Go does so too, passes over what it does not know, and leaves null alone."""
    text = '{"path":"p","WHO":"me","More":[1],"id":"7","Info":null}'
    lock = _read(text)
    assert (lock.id, lock.who, lock.info, lock.operation) == ("7", "me", "", "")
    assert (lock.path, lock.raw) == ("bucket/key", text)
    assert (lock.created, lock.problem) == (ZERO, None)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ('"Created":"2026-11-21T00:16:54"', "Created has no time zone"),
        ('"Created":"yesterday"', "Created is 'yesterday'"),
        ('"Created":1', "Created in Info is no string"),
        ('"Who":{}', "Who in Info is no string"),
    ],
)
def test_what_breaks_terraform_is_a_problem_of_the_lock(
    part: str, problem: str
) -> None:
    """We read it all the same, so that it can be assessed and unlocked."""
    text = f'{{"ID":"7",{part}}}'
    lock = _read(text)
    assert lock.id == "7"
    assert problem in (lock.problem or "")
    assert rewrite_info(text) is None
    if "no time zone" in problem:
        assert lock.created == datetime(2026, 11, 21, 0, 16, 54, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "Info is '', not JSON"),
        ("{", "Info is '{', not JSON"),
        ("[" * 100_000, "not JSON"),
        ("1" * 10_000, "not JSON"),
        ("7", "Info is a JSON int, not an object"),
        ("null", "not an object"),
        ('{"ID":7}', "Info has no ID"),
        ('{"Who":"me"}', "Info has no ID"),
    ],
)
def test_an_info_without_an_id_is_no_lock(text: str, problem: str) -> None:
    """There would be nothing to compare before it is unlocked."""
    found = read_info("bucket/key", text)
    assert isinstance(found, str)
    assert problem in found
    assert len(found) < 200


def test_what_opentofu_could_not_unlock_is_told() -> None:
    """An Info that Go would write otherwise is not found by its condition."""
    for other in (
        INFO.replace('":', '": '),
        json.dumps(json.loads(INFO), sort_keys=True),
        INFO.replace("929421246Z", "929421240Z"),
        INFO.replace("root@vm", "<root>"),
    ):
        assert rewrite_info(other) not in (None, other)
    assert rewrite_info("no JSON") is None


@given(
    texts=st.lists(st.text(), min_size=6, max_size=6),
    created=st.datetimes(timezones=st.just(UTC)),
)
def test_what_is_written_is_read_again(texts: list[str], created: datetime) -> None:
    """Any strings and any time come back, and Go would write the same again."""
    values: list[Any] = [f"i{texts[0]}", *texts[1:5], created, texts[5]]
    text = write_info(**dict(zip(FIELDS, values, strict=True)))
    lock = _read(text)
    assert [lock.id, lock.operation, lock.info, lock.who, lock.version] == values[:5]
    assert (lock.created, lock.problem) == (created, None)
    assert rewrite_info(text) == text
    assert list(json.loads(text)) == list(PARTS)


@given(st.text() | st.sampled_from(['"ID"', "{}", "NaN", '{"ID":"\\ud800"}']))
def test_no_text_is_too_strange(text: str) -> None:
    """Any text is a lock, or a reason why it is none."""
    assert isinstance(read_info("bucket/key", text), (TerraformLock, str))
    rewrite_info(text)


def test_half_a_surrogate_pair_is_read_as_go_reads_it() -> None:
    """It becomes the replacement character, which can be written again."""
    assert _read('{"ID":"a\\ud800"}').id == "a\ufffd"
    assert _read('{"ID":"\\ud83d\\udd12"}').id == "\U0001f512"
