"""Requests and responses of the model are those of botocore's service model."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dynawait.testing import ControlPlane, ServiceFault
from dynawait.testing.model.operations import OPERATIONS
from dynawait.testing.model.shapes import (
    Flag,
    Group,
    Many,
    Moment,
    Named,
    Shape,
    Text,
    Whole,
    check,
)
from tests.simulation.botocore_shapes import MODEL, flaws, input_of, legal, requests
from tests.simulation.samples import SAMPLES, prepared

# The data plane's requests are read by whatever holds the items.
_DATA = re.compile(r"(Get|Put|Update|Delete|Write)Items?$|^(Query|Scan|Execute|Batch)")
_CONTROL = sorted(name for name in ControlPlane.operations if not _DATA.search(name))
_KINDS = {
    "string": Text,
    "long": Whole,
    "integer": Whole,
    "boolean": Flag,
    "timestamp": Moment,
    "list": Many,
    "map": Named,
    "structure": Group,
}
_RELAXED = settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def bare(pattern: str | None) -> str | None:
    """Return a pattern without what does not matter where all of a text must match."""
    if pattern is None:
        return None
    return pattern.removeprefix("^").removesuffix("$").replace("\\$", "$")


def compare(ours: Shape, theirs: Any, path: str) -> list[str]:
    """Return where a shape of the model differs from botocore's."""
    if theirs.name == "AttributeValue":
        # Values are read by whatever holds the items.
        return []
    kind = _KINDS[theirs.type_name]
    if not isinstance(ours, kind):
        return [f"{path}: {type(ours).__name__} instead of {kind.__name__}"]
    meta = theirs.metadata
    match ours:
        case Text():
            expected: Any = (
                meta.get("min", 0),
                meta.get("max"),
                bare(meta.get("pattern")),
                tuple(meta.get("enum", ())),
            )
            found: Any = (ours.least, ours.most, bare(ours.pattern), ours.choices)
        case Whole():
            expected = (meta.get("min"), meta.get("max"))
            found = (ours.least, ours.most)
        case Many():
            expected = (meta.get("min", 0), meta.get("max"))
            found = (ours.least, ours.most)
        case _:
            expected = found = None
    differs = [] if found == expected else [f"{path}: {found} instead of {expected}"]
    return differs + _compare_members(ours, theirs, path)


def _compare_members(ours: Shape, theirs: Any, path: str) -> list[str]:
    match ours:
        case Many():
            return compare(ours.of, theirs.member, f"{path}[]")
        case Named():
            return compare(ours.of, theirs.value, f"{path}[]")
        case Group():
            return _compare_groups(ours, theirs, path)
        case _:
            return []


def _compare_groups(ours: Group, theirs: Any, path: str) -> list[str]:
    differs = []
    if set(ours.members) != set(theirs.members):
        odd = sorted(set(ours.members) ^ set(theirs.members))
        differs.append(f"{path}: on one side only: {odd}")
    if set(ours.required) != set(theirs.required_members):
        odd = sorted(set(ours.required) ^ set(theirs.required_members))
        differs.append(f"{path}: required on one side only: {odd}")
    for name in set(ours.members) & set(theirs.members):
        deeper = compare(ours.members[name], theirs.members[name], f"{path}.{name}")
        differs += deeper
    return differs


def reads(request: dict[str, Any], operation: str) -> bool:
    """Tell whether the form of a request is accepted."""
    try:
        check(request, OPERATIONS[operation].shape)
    except ServiceFault:
        return False
    return True


@pytest.mark.parametrize("operation", _CONTROL)
def test_requests_have_botocores_members(operation: str) -> None:
    """Every member, its type, its bounds and its values are the service model's."""
    ours = OPERATIONS[operation].shape
    assert compare(ours, input_of(operation), operation) == []


@pytest.mark.parametrize("operation", _CONTROL)
@_RELAXED
@given(data=st.data())
def test_what_botocore_allows_is_read(operation: str, data: st.DataObject) -> None:
    """A request that the service model allows is never refused for its form."""
    request = data.draw(requests(input_of(operation)))
    assert legal(operation, request) == []
    check(request, OPERATIONS[operation].shape)


@pytest.mark.parametrize("operation", _CONTROL)
@_RELAXED
@given(data=st.data())
def test_what_is_read_botocore_allows(operation: str, data: st.DataObject) -> None:
    """A request whose form is accepted is one that botocore would send."""
    request = data.draw(requests(input_of(operation), wrong=True))
    if not isinstance(request, dict):
        return
    if not reads(request, operation):
        return
    complaints = [
        line
        for line in legal(operation, request)
        if "Unknown" not in line and "ExpressionAttributeValues" not in line
    ]
    assert complaints == []


@pytest.mark.parametrize("operation", sorted(SAMPLES))
def test_responses_are_botocores(operation: str) -> None:
    """Every member of a response exists, with the right type, and none is missing."""
    output = MODEL.operation_model(operation).output_shape
    for request in SAMPLES[operation]:
        assert legal(operation, request) == []
        response = prepared().plane.handle(operation, request)
        if output is None:
            assert response == {}
        else:
            assert flaws(output, response, operation) == []


def test_every_operation_has_a_sample() -> None:
    """No operation of the control plane goes without the test above."""
    ours = {"CreateTable", "DescribeTable", "UpdateTable", "DeleteTable", "ListTables"}
    assert set(_CONTROL) <= set(SAMPLES) | ours
