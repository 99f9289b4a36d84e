"""Conditions as text: every word, how they bind, and what errors say."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import (
    Condition,
    billing_mode,
    deletion_protection,
    encryption_settled,
    indexes_absent,
    indexes_active,
    indexes_started,
    parse_condition,
    quiet,
    replicas_absent,
    replicas_active,
    stream_enabled,
    table_absent,
    table_active,
    vector_indexes_active,
    warm_throughput_settled,
)
from dynawait.conditions import _grammar
from dynawait.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS: dict[str, Condition[Any]] = {
    "active": table_active(),
    "absent": table_absent(),
    "quiet": quiet(),
    "stream": stream_enabled(),
    "encryption": encryption_settled(),
    "warm": warm_throughput_settled(),
    "protected": deletion_protection(True),
}
CALLS: dict[str, Callable[..., Condition[Any]]] = {
    "indexes": indexes_active,
    "indexes_absent": indexes_absent,
    "indexes_started": indexes_started,
    "vectors": vector_indexes_active,
    "replicas": replicas_active,
    "replicas_absent": replicas_absent,
}
A, B, C = table_active(), quiet(), stream_enabled()


@pytest.mark.parametrize("word", WORDS)
def test_words(word: str) -> None:
    """Every word stands for its condition."""
    assert parse_condition(word) == WORDS[word]


@pytest.mark.parametrize("call", CALLS)
def test_calls(call: str) -> None:
    """Every word with names takes none, one or several of them."""
    make = CALLS[call]
    assert parse_condition(f"{call}()") == make()
    assert parse_condition(f"{call}(by-email)") == make("by-email")
    assert parse_condition(f" {call} ( a ,b_2 , c.3 ) ") == make("a", "b_2", "c.3")


def test_billing_takes_one_mode() -> None:
    """billing(MODE) asks for the billing mode."""
    assert parse_condition("billing(PAY_PER_REQUEST)") == billing_mode(
        "PAY_PER_REQUEST"
    )


def test_no_word_is_untested() -> None:
    """The grammar knows the words above and no others."""
    assert set(_grammar._WORDS) == set(WORDS)
    assert set(_grammar._CALLS) == {*CALLS, "billing"}


@pytest.mark.parametrize("word", [*WORDS, *CALLS, "MODE"])
def test_words_may_be_names(word: str) -> None:
    """Inside brackets every word is a name."""
    assert parse_condition(f"indexes({word})") == indexes_active(word)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("active & quiet | stream", (A & B) | C),
        ("active | quiet & stream", A | (B & C)),
        ("~active & quiet", (~A) & B),
        ("~active | quiet & stream", (~A) | (B & C)),
        ("active & (quiet | stream)", A & (B | C)),
        ("~(active & quiet)", ~(A & B)),
        ("~~active", A),
        ("~ ~ ~active", ~A),
        ("((active))", A),
        ("active&quiet&stream", A & B & C),
        ("\tactive\n|\u00a0quiet\r\n", A | B),
    ],
)
def test_precedence(text: str, condition: Condition[Any]) -> None:
    """~ binds tighter than &, and & tighter than |; brackets and spaces are free."""
    assert parse_condition(text) == condition


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "at the end", "expected a condition"),
        ("  \n", "at the end", "expected a condition"),
        ("activ", "at 'activ' (character 1)", "no such condition; there are active,"),
        ("ACTIVE", "at 'ACTIVE' (character 1)", "no such condition"),
        ("active & & quiet", "at '&' (character 10)", "expected a condition"),
        ("active &", "at the end", "expected a condition"),
        ("| active", "at '|' (character 1)", "expected a condition"),
        ("~", "at the end", "expected a condition"),
        ("active quiet", "at 'quiet' (character 8)", "expected &, | or the end"),
        ("active()", "at '(' (character 7)", "expected &, | or the end"),
        ("active)", "at ')' (character 7)", "expected &, | or the end"),
        ("(active", "at the end", "expected )"),
        ("(active quiet)", "at 'quiet' (character 9)", "expected )"),
        ("()", "at ')' (character 2)", "expected a condition"),
        ("indexes", "at the end", "expected ( after indexes"),
        ("indexes & active", "at '&' (character 9)", "expected ( after indexes"),
        ("indexes(a", "at the end", "expected , or )"),
        ("indexes(", "at the end", "expected a name"),
        ("indexes(a b)", "at 'b' (character 11)", "expected , or )"),
        ("indexes(a,)", "at ')' (character 11)", "expected a name"),
        ("indexes(,a)", "at ',' (character 9)", "expected a name"),
        ("indexes(a(b))", "at '(' (character 10)", "expected , or )"),
        ("billing()", "at the end", "billing takes one mode"),
        ("billing(A, B)", "at the end", "billing takes one mode"),
        ("active, quiet", "at ',' (character 7)", "expected &, | or the end"),
    ],
)
def test_errors_say_where_and_what(text: str, place: str, problem: str) -> None:
    """What cannot be read is refused with its place and what was expected there."""
    with pytest.raises(InvalidArgumentError) as caught:
        parse_condition(text)
    assert caught.value.argument == "condition"
    assert caught.value.problem.startswith(f"{text!r}: {place}: {problem}")


def test_an_unknown_word_brings_the_list_of_words() -> None:
    """Whoever misspells a word is told all that there are."""
    with pytest.raises(InvalidArgumentError) as caught:
        parse_condition("activ")
    for word in WORDS:
        assert word in caught.value.problem
    for call in (*CALLS, "billing"):
        assert f"{call}(...)" in caught.value.problem


def test_names_are_checked() -> None:
    """A name that stands there twice is refused as by the function itself."""
    with pytest.raises(InvalidArgumentError, match="named twice: a"):
        parse_condition("indexes(a, b, a)")


@pytest.mark.parametrize("text", [None, 7, b"active", ["active"], table_active()])
def test_text_is_expected(text: Any) -> None:
    """What is no text is refused, a condition among it."""
    with pytest.raises(InvalidArgumentError, match="expected text, got"):
        parse_condition(text)


@pytest.mark.parametrize(("before", "after"), [("(", ")"), ("~", "")])
def test_nesting_is_bounded(before: str, after: str) -> None:
    """99 levels around a word are read; more are an error, however many."""
    deep = f"{before * 99}active{after * 99}"
    assert parse_condition(deep) == (A if after else ~A)
    for levels in (100, 100_000):
        text = f"{before * levels}active{after * levels}"
        with pytest.raises(InvalidArgumentError, match="nested deeper than 100"):
            parse_condition(text)


def test_brackets_side_by_side_are_not_nested() -> None:
    """Only depth is bounded, not length."""
    text = " & ".join(["(~(active))"] * 500)
    assert len(parse_condition(text).parts) == 500


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text raises anything but an InvalidArgumentError."""
    with suppress(InvalidArgumentError):
        parse_condition(text)


TOKENS = [*WORDS, *CALLS, "billing", "&", "|", "~", "(", ")", ",", " ", "a", "-", "é"]


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
def test_any_tokens_are_read_or_refused(text: str) -> None:
    """Nor does any mixture of what the grammar knows."""
    with suppress(InvalidArgumentError):
        assert isinstance(parse_condition(text), Condition)


def _combined(inner: Any) -> Any:
    space = st.sampled_from(["", " ", "\n  "])

    def join(sign: str) -> Any:
        return st.builds(
            lambda one, other, gap: (
                f"({one[0]}){gap}{sign}{gap}({other[0]})",
                one[1] & other[1] if sign == "&" else one[1] | other[1],
            ),
            inner,
            inner,
            space,
        )

    negated = st.builds(lambda one: (f"~({one[0]})", ~one[1]), inner)
    return st.one_of(join("&"), join("|"), negated)


NAMES = st.lists(
    st.text("abcXYZ019_.-", min_size=1, max_size=5), max_size=3, unique=True
)
EXPRESSIONS = st.recursive(
    st.one_of(
        st.sampled_from(sorted(WORDS)).map(lambda word: (word, WORDS[word])),
        st.builds(
            lambda call, names: (f"{call}({','.join(names)})", CALLS[call](*names)),
            st.sampled_from(sorted(CALLS)),
            NAMES,
        ),
    ),
    _combined,
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_expressions_mean_what_they_say(pair: tuple[str, Condition[Any]]) -> None:
    """A generated expression is read as the condition that it was made beside."""
    text, condition = pair
    assert parse_condition(text) == condition
