"""What is promised of the two faces: the same names, signatures and docstrings."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_overloads

import pytest

import dynawait
import dynawait.sync
from dynawait import _names

FUNCTIONS = {name: place for place, names in _names.FUNCTIONS.items() for name in names}
VALUES = {name: place for place, names in _names.VALUES.items() for name in names}
CLASSES = list(_names.CLASSES["dynawait"])
FACES = [dynawait, dynawait.sync]
# What changes something; everything else that talks to DynamoDB waits, or looks.
CHANGES = [
    name
    for name in FUNCTIONS
    if name.startswith("safe_") or name in ("advance", "apply_index_changes")
]
LEFT_BY_EVERY_MODULE = {"TYPE_CHECKING", "annotations"}


def face_name(value: Any) -> str | None:
    """Name a parameter by its module."""
    return value.__name__ if inspect.ismodule(value) else None


def test_both_faces_have_the_same_names() -> None:
    """The two faces publish one list, sorted, without a name twice."""
    published = vars(dynawait)["__all__"]
    assert published == vars(dynawait.sync)["__all__"] == _names.ALL
    assert published == sorted(set(published))
    assert published == sorted([*FUNCTIONS, *VALUES, *CLASSES])
    assert not [name for name in published if name.startswith("_")]


@pytest.mark.parametrize("face", FACES, ids=face_name)
def test_every_name_resolves(face: Any) -> None:
    """A star import brings every name of the list, and dir() shows it."""
    namespace: dict[str, Any] = {}
    exec(f"from {face.__name__} import *", namespace)  # noqa: S102 - our own text
    assert set(_names.ALL) <= set(namespace)
    assert set(_names.ALL) <= set(dir(face))
    for name in _names.ALL:
        assert namespace[name] is getattr(face, name)


@pytest.mark.parametrize("name", VALUES)
def test_values_are_the_same_objects(name: str) -> None:
    """What is no waiter is one object on both faces, and in its own module."""
    value = getattr(dynawait, name)
    assert value is getattr(dynawait.sync, name)
    assert getattr(import_module(f"dynawait.{VALUES[name]}"), name) is value


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_alike(name: str) -> None:
    """A class that each face has its own of has the same methods on both, or twins."""
    awaited, blocking = getattr(dynawait, name), getattr(dynawait.sync, name)
    assert awaited is not blocking
    for kind, module in ((awaited, "dynawait"), (blocking, "dynawait.sync")):
        assert kind.__name__ == kind.__qualname__ == name
        assert kind.__module__ == module
    twins = {"aclose": "close"}
    public = [method for method in vars(awaited) if not method.startswith("_")]
    for method in ["__init__", *public]:
        one = getattr(awaited, method)
        other = getattr(blocking, twins.get(method) or method)
        assert one.__doc__ == other.__doc__
        if inspect.isfunction(one):
            assert [*inspect.signature(one).parameters] == [
                *inspect.signature(other).parameters
            ]


@pytest.mark.parametrize("name", [*_names.MODULES, "sync"])
def test_modules_are_found(name: str) -> None:
    """A public module is there as an attribute, without being imported first."""
    module = getattr(dynawait, name)
    assert inspect.ismodule(module)
    assert module.__name__ == f"dynawait.{name}"


@pytest.mark.parametrize("face", FACES, ids=face_name)
def test_unknown_names_are_attribute_errors(face: Any) -> None:
    """A misspelt name fails as it does in any module."""
    for name in ("wait_for_tabel", "_core_anything", "__path_of_tomorrow__"):
        with pytest.raises(AttributeError, match=f"{face.__name__}.*{name}"):
            getattr(face, name)
        assert not hasattr(face, name)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_alike(name: str) -> None:
    """Name, parameters, defaults, annotations and docstring are equal on both faces."""
    awaited, blocking = getattr(dynawait, name), getattr(dynawait.sync, name)
    assert inspect.signature(awaited) == inspect.signature(blocking)
    assert awaited.__doc__ == blocking.__doc__
    for function, module in ((awaited, "dynawait"), (blocking, "dynawait.sync")):
        assert function.__name__ == function.__qualname__ == name
        assert function.__module__ == module


@pytest.mark.parametrize("name", FUNCTIONS)
def test_one_face_is_awaited_and_one_blocks(name: str) -> None:
    """The functions of dynawait are coroutine functions, those of sync are not."""
    assert inspect.iscoroutinefunction(getattr(dynawait, name))
    assert not inspect.iscoroutinefunction(getattr(dynawait.sync, name))
    assert callable(getattr(dynawait.sync, name))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_follow_the_house(name: str) -> None:
    """The client comes first, options are keyword-only and have defaults."""
    signature = inspect.signature(getattr(dynawait, name))
    client, *others = signature.parameters.values()
    assert client.name == "client"
    assert client.kind is inspect.Parameter.POSITIONAL_ONLY
    assert signature.return_annotation is not inspect.Parameter.empty
    for parameter in others:
        assert parameter.annotation is not inspect.Parameter.empty
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
            assert parameter.default is not inspect.Parameter.empty
    if name == "advance":
        return  # it neither waits nor looks again
    if name != "describe":
        options = {p.name for p in others if p.kind is inspect.Parameter.KEYWORD_ONLY}
        assert {"timeout", "polling", "on_event"} <= options


def section(docstring: str, title: str) -> str:
    """Return a section of a docstring; empty when it has none."""
    found = re.search(
        rf"^{title}:\n(.*?)(?=^\S|\Z)", docstring, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def entries(text: str) -> list[str]:
    """Return the names that a section explains."""
    return re.findall(r"^    (\w+): \S", text, re.MULTILINE)


def documentation(value: Any) -> str:
    """Return the docstring of an object itself, without the indentation."""
    docstring = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    assert docstring, f"{value!r} has no docstring"
    return inspect.cleandoc(docstring)


@pytest.mark.parametrize("name", _names.ALL)
def test_every_public_name_is_documented(name: str) -> None:
    """Every name has a docstring whose first line is a sentence."""
    first, *rest = documentation(getattr(dynawait, name)).splitlines()
    assert first[0].isupper()
    assert first.endswith(".")
    assert not rest or not rest[0]


@pytest.mark.parametrize(
    "name", [name for name in _names.ALL if inspect.isfunction(getattr(dynawait, name))]
)
def test_every_parameter_is_documented(name: str) -> None:
    """The section Args explains every parameter, in order, and no other."""
    function = getattr(dynawait, name)
    parameters = list(inspect.signature(function).parameters)
    assert entries(section(documentation(function), "Args")) == parameters


@pytest.mark.parametrize("name", FUNCTIONS)
def test_results_and_errors_are_documented(name: str) -> None:
    """What talks to DynamoDB says what it returns and what it raises."""
    function = getattr(dynawait, name)
    docstring = documentation(function)
    returns = inspect.signature(function).return_annotation
    assert bool(section(docstring, "Returns")) == (returns not in (None, "None"))
    raised = entries(section(docstring, "Raises"))
    assert all(hasattr(dynawait, error) for error in raised)
    if name in CHANGES:
        assert raised[0] == "PlanError"
        assert {"ChangeError", "InvalidArgumentError"} <= set(raised)
        return
    assert {"ServiceError", "InvalidArgumentError"} <= set(raised)
    if name != "describe":
        assert raised[0] == "WaitTimeoutError"
        assert "TableGoneError" in raised


@pytest.mark.parametrize(
    "name",
    [name for name in VALUES if dataclasses.is_dataclass(getattr(dynawait, name))],
)
def test_every_field_is_documented(name: str) -> None:
    """The section Attributes of a value explains every field, and no other."""
    value = getattr(dynawait, name)
    fields = [field.name for field in dataclasses.fields(value)]
    explained = entries(section(documentation(value), "Attributes"))
    assert sorted(explained) == sorted(fields)


def test_nothing_leaks() -> None:
    """A face has its public names and modules, and what else it holds is private."""
    program = (
        "import dynawait, dynawait.sync, dynawait.testing\n"
        "for face in (dynawait, dynawait.sync):\n"
        "    for name in face.__all__: getattr(face, name)\n"
        "    print(*(name for name in vars(face) if not name.startswith('_')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    awaited, blocking = (set(line.split()) for line in done.stdout.splitlines())
    modules = {
        module.name
        for module in pkgutil.iter_modules(dynawait.__path__)
        if not module.name.startswith("_")
    }
    assert awaited - set(_names.ALL) - LEFT_BY_EVERY_MODULE - modules == set()
    assert blocking - set(_names.ALL) - LEFT_BY_EVERY_MODULE == set()
    assert set(_names.MODULES) <= modules


class Declared:
    """What a type checker sees: the block under TYPE_CHECKING of a face."""

    def __init__(self, face: Any) -> None:
        """Read the source of a face."""
        self.values: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self.adapter = ""
        modules: dict[str, str] = {}
        tree = ast.parse(Path(face.__file__).read_text(encoding="utf-8"))
        (block,) = (node for node in tree.body if isinstance(node, ast.If))
        for node in block.body:
            if isinstance(node, ast.ImportFrom):
                if node.module == "typing":
                    continue
                for alias in node.names:
                    if alias.asname == "_face":
                        self.adapter = alias.name
                    elif alias.asname and alias.asname.startswith("_"):
                        modules[alias.asname] = f"{node.module}.{alias.name}"
                    else:
                        assert alias.asname == alias.name
                        self.values[alias.name] = str(node.module)
                continue
            assert isinstance(node, ast.AnnAssign)
            assert isinstance(node.target, ast.Name)
            if node.value is None:
                self.typed[node.target.id] = ast.unparse(node.annotation)
                continue
            if ast.unparse(node.annotation) == "TypeAlias":
                continue
            name, made = node.target.id, ast.unparse(node.value)
            match = re.fullmatch(rf"_face\((_\w+)\.{name}\)", made)
            assert match, made
            self.functions[name] = modules[match[1]]


@pytest.mark.parametrize(
    ("face", "adapter"), [(dynawait, "asynchronous"), (dynawait.sync, "blocking")]
)
def test_type_checkers_see_the_same_names(face: Any, adapter: str) -> None:
    """The block for type checkers declares the names of the list, from their places."""
    declared = Declared(face)
    assert declared.values == VALUES | _names.CLASSES[face.__name__]
    assert declared.functions.items() <= FUNCTIONS.items()
    assert {*declared.functions, *declared.typed} == set(FUNCTIONS)
    assert set(declared.typed) == set(CHANGES) - {"advance"}
    assert declared.adapter == adapter


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "advance"])
def test_spelt_types_are_those_of_the_core(name: str) -> None:
    """What type checkers are told of a function is what its core takes."""
    annotation = Declared(dynawait).typed[name]
    family, _, protocol = annotation.partition("[")[0].partition(".")
    room = {"_t": "tables", "_s": "settings", "_b": "backups"}[family]
    place = f"dynawait._gateways.typed.{room}"
    import_module(place)
    called: Any = SimpleNamespace(__module__=place, __qualname__=f"{protocol}.__call__")
    overloads = get_overloads(called)
    core = inspect.signature(getattr(dynawait, name))
    assert [o.__annotations__["dry_run"] for o in overloads] == [
        "Literal[False]",
        "Literal[True]",
        "bool",
    ]
    for overload in overloads:
        _, *told = inspect.signature(overload).parameters.values()
        for spelt, real in zip(told, core.parameters.values(), strict=True):
            assert (spelt.name, spelt.kind) == (real.name, real.kind)
            if spelt.name not in ("client", "dry_run", "request"):
                assert spelt.annotation == real.annotation
                assert (spelt.default is ...) == (real.default is not real.empty)
            if spelt.name == "request":
                assert spelt.annotation.startswith("Unpack[")
