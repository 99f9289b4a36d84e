"""Durations are read and written as Go reads and writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait.locks._dialects.durations import (
    LONGEST,
    format_duration,
    parse_duration,
)

SECOND = 1_000_000_000
HOUR = 3600 * SECOND

# As `Duration.String` spells them.
SPELLED = [
    ("0s", 0),
    ("1ns", 1),
    ("999ns", 999),
    ("1µs", 1000),
    ("1.1µs", 1100),
    ("2.2ms", 2_200_000),
    ("500ms", 500_000_000),
    ("999.999999ms", 999_999_999),
    ("1s", SECOND),
    ("1.5s", 1_500_000_000),
    ("3.3s", 3_300_000_000),
    ("20s", 20 * SECOND),
    ("1m0s", 60 * SECOND),
    ("1m30s", 90 * SECOND),
    ("4m5.001s", 245 * SECOND + 1_000_000),
    ("1h0m0s", HOUR),
    ("5h6m7.001s", 5 * HOUR + 367 * SECOND + 1_000_000),
    ("8m0.000000001s", 480 * SECOND + 1),
    ("2562047h47m16.854775807s", LONGEST),
]
# As `ParseDuration` takes them besides.
READ = [
    ("0", 0),
    ("+5s", 5 * SECOND),
    ("-5s", -5 * SECOND),
    ("-0", 0),
    ("1h", HOUR),
    ("1.5h", HOUR + HOUR // 2),
    ("5.s", 5 * SECOND),
    (".5s", SECOND // 2),
    ("1us", 1000),
    ("1\u00b5s", 1000),
    ("1\u03bcs", 1000),
    ("10.5s4m", 250_500_000_000),
    ("52763797000ns", 52_763_797_000),
    ("0.3333333333333333333h", 1_199_999_999_999),
    ("0.100000000000000000000h", 360 * SECOND),
    ("-9223372036854775808ns", -LONGEST - 1),
]
REFUSED = [
    "",
    "3",
    "-",
    "s",
    ".",
    "-.",
    ".s",
    "+.s",
    "1d",
    "1mh",
    "1 s",
    "1s ",
    "--1s",
    "٣s",
    "1S",
    "\x85\x85",
    "9223372036854775808ns",
    "9223372036854775.808us",
    "3000000h",
    "1" * 400_000 + "s",
]


@pytest.mark.parametrize(("text", "nanoseconds"), SPELLED)
def test_durations_are_spelled_as_go_spells_them(text: str, nanoseconds: int) -> None:
    """Each spelling is read as the same duration, too."""
    assert format_duration(nanoseconds) == text
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize(("text", "nanoseconds"), READ)
def test_other_spellings_are_read(text: str, nanoseconds: int) -> None:
    """Units come in any order, with fractions and signs."""
    assert parse_duration(text) == nanoseconds


@pytest.mark.parametrize("text", REFUSED)
def test_what_go_refuses_is_no_duration(text: str) -> None:
    """Numbers without a unit, other units, and more than 292 years."""
    assert parse_duration(text) is None


@given(st.integers(0, LONGEST))
def test_what_is_written_is_read_again(nanoseconds: int) -> None:
    """No nanosecond is lost on the way."""
    assert parse_duration(format_duration(nanoseconds)) == nanoseconds


@given(st.text(alphabet="0123456789.+-hmsnuµμ ", max_size=12) | st.text())
def test_no_text_is_too_strange(text: str) -> None:
    """Any text is a duration in Go's range, or none."""
    found = parse_duration(text)
    assert found is None or -LONGEST - 1 <= found <= LONGEST
