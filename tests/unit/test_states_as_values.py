"""What is promised of states as values, and of the mappings in them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import tracemalloc
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dynawait import states
from dynawait.states import (
    FrozenMapping,
    TableState,
)
from dynawait.states._frozen import EMPTY, freeze
from tests.unit.state_samples import FULL, PARSES, TABLE, index, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def test_raw_is_the_very_mapping_received() -> None:
    """Unknown members stay reachable, at no cost, and take no part in comparisons."""
    state = TableState.parse({"Table": FULL})
    assert state.raw is FULL
    assert state.raw["AMemberOfTomorrow"] == {"Status": "UPDATING"}
    assert state.indexes["by-email"].raw is FULL["GlobalSecondaryIndexes"][0]
    assert state == TableState.parse({**FULL, "AMemberOfTomorrow": None})
    for parse, response in PARSES.items():
        assert "raw" not in repr(parse(response))


@pytest.mark.parametrize("parse", PARSES, ids=lambda parse: parse.__qualname__)
def test_states_compare_hash_pickle_and_copy_by_value(
    parse: Callable[[Any], object],
) -> None:
    """A state is the same value wherever it is sent, its raw mapping included."""
    state: Any = parse(PARSES[parse])
    again = parse(copy.deepcopy(PARSES[parse]))
    assert state == again
    assert hash(state) == hash(again)
    copies = [
        copy.copy(state),
        copy.deepcopy(state),
        *(
            pickle.loads(pickle.dumps(state, protocol))  # noqa: S301 - our own bytes
            for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
        ),
    ]
    for other in copies:
        assert other == state
        if not isinstance(state, tuple):
            assert other.raw == state.raw


def test_states_cannot_change() -> None:
    """Neither a field, nor a new attribute, nor a mapping inside can be set."""
    state: Any = TableState.parse(FULL)
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.status = "ACTIVE"
    for thing in (state, state.indexes["by-email"], state.key_schema):
        assert not hasattr(thing, "__dict__")
    with pytest.raises(TypeError):
        state.indexes["other"] = state.indexes["by-email"]
    with pytest.raises(AttributeError, match="cannot change"):
        state.indexes._items = {}
    with pytest.raises(AttributeError, match="cannot change"):
        del state.indexes._items


def test_every_top_level_state_belongs_to_the_union() -> None:
    """The alias for what waits return names every state that a response gives."""
    parsed = [parse(response) for parse, response in PARSES.items()]
    kinds = {type(s[0] if isinstance(s, tuple) else s) for s in parsed}
    assert kinds == set(get_args(states.State))


def test_the_names_of_the_package_are_true() -> None:
    """Every name in __all__ exists, sorted, and every public name is in it."""
    public = {
        name
        for name, value in vars(states).items()
        if isinstance(value, type) and not name.startswith("_")
    }
    assert {*public, "State"} == set(states.__all__)
    assert sorted(states.__all__) == states.__all__


@given(st.dictionaries(st.text(), st.integers()))
def test_a_frozen_mapping_is_a_mapping_like_its_source(source: dict[str, int]) -> None:
    """It equals, lists, finds, hashes, pickles and copies as its items do."""
    frozen = FrozenMapping(source)
    assert frozen == source
    assert source == frozen
    assert frozen != {**source, "more": 0, "and": 1}
    anything: object = list(source)
    assert frozen != anything
    assert list(frozen) == list(source)
    assert len(frozen) == len(source)
    assert all(frozen[key] == value for key, value in source.items())
    assert hash(frozen) == hash(FrozenMapping(reversed(source.items())))
    assert repr(frozen) == f"FrozenMapping({source!r})"
    assert pickle.loads(pickle.dumps(frozen)) == copy.deepcopy(frozen) == frozen  # noqa: S301 - our own bytes


def test_a_frozen_mapping_does_not_follow_its_source() -> None:
    """Later changes of what it was made from do not show."""
    source = {"pk": "S"}
    frozen = FrozenMapping(source)
    source["pk"] = "N"
    assert frozen["pk"] == "S"


def test_empty_mappings_are_one_object() -> None:
    """Nothing is allocated for what a table does not have, even after a pickle."""
    state = TableState.parse({"TableStatus": "ACTIVE"})
    assert state.indexes is EMPTY
    assert state.replicas is EMPTY
    assert freeze(()) is EMPTY
    back = pickle.loads(pickle.dumps(state))  # noqa: S301 - our own bytes
    assert back.indexes is EMPTY
    assert copy.deepcopy(state).indexes is EMPTY


def test_a_plain_table_costs_little_memory() -> None:
    """Beside its raw mapping, the state of a plain table takes under 1.5 KiB."""
    responses: list[Mapping[str, Any]] = [copy.deepcopy(TABLE) for _ in range(200)]
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = [TableState.parse(response) for response in responses]
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (after - before) / len(kept) < 1536


def test_the_repr_of_a_table_shows_what_matters() -> None:
    """Name, statuses and what moves, not forty fields."""
    assert repr(table()) == "TableState('orders', status='ACTIVE')"
    state = table(
        TableStatus="UPDATING", GlobalSecondaryIndexes=[index("CREATING")], Replicas=[]
    )
    assert repr(state) == (
        "TableState('orders', status='UPDATING', indexes={'by-email': 'CREATING'}, "
        "blockers=['table is UPDATING', 'index by-email is CREATING'])"
    )
