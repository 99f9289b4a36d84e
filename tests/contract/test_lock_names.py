"""What is promised of the names of locks, on both faces."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

import pytest

import dynawait.errors
import dynawait.locks
import dynawait.sync.locks
from tests.contract.test_faces import documentation, entries, section

NAMES = dynawait.locks.__all__
OWN = {"Lease", "LockClient", "TerraformLocks"}
VALUES = [name for name in NAMES if name not in OWN]
FIELDS = {
    name: dataclasses.fields(value)
    for name in VALUES
    if dataclasses.is_dataclass(value := getattr(dynawait.locks, name))
}
# Those of the other face are the same, as a test of the gateways shows.
METHODS = [name for name in dir(dynawait.locks.LockClient) if name[0] != "_"]


def test_both_faces_have_the_same_names() -> None:
    """One list, sorted, and every name of it is there."""
    assert NAMES == dynawait.sync.locks.__all__ == sorted(set(NAMES))
    assert set(NAMES) <= set(dir(dynawait.locks))
    for name in NAMES:
        assert getattr(dynawait.locks, name)


@pytest.mark.parametrize("name", VALUES)
def test_values_are_the_same_objects(name: str) -> None:
    """What does not depend on the face is one object on both."""
    assert getattr(dynawait.locks, name) is getattr(dynawait.sync.locks, name)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_documented(name: str) -> None:
    """With a docstring of its own, whose first line is a sentence."""
    for face in (dynawait.locks, dynawait.sync.locks):
        first, *rest = documentation(getattr(face, name)).splitlines()
        assert first[0].isupper()
        assert first.endswith((".", "?"))
        assert not rest or not rest[0]


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_is_documented(name: str) -> None:
    """The section Attributes of a value explains every field, and no other."""
    docstring = documentation(getattr(dynawait.locks, name))
    explained = entries(section(docstring, "Attributes"))
    assert sorted(explained) == sorted(field.name for field in FIELDS[name])


@pytest.mark.parametrize("name", METHODS)
def test_every_parameter_and_error_of_a_method_is_documented(name: str) -> None:
    """Args explains every parameter, in order; what is raised has a class."""
    method = getattr(dynawait.locks.LockClient, name)
    if isinstance(method, property):
        assert documentation(method)
        return
    _, *parameters = inspect.signature(method).parameters
    assert entries(section(documentation(method), "Args")) == parameters
    raised = entries(section(documentation(method), "Raises"))
    assert "ServiceError" in raised or name == "ensure_table"
    assert all(hasattr(dynawait.errors, error) for error in raised)


def test_every_option_of_a_client_is_documented() -> None:
    """In the docstring of its constructor."""
    make: Any = dynawait.locks.LockClient.__init__
    _, *parameters = inspect.signature(make).parameters
    assert entries(section(documentation(make), "Args")) == parameters
