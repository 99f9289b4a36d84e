"""What a plan was made from: who refers to whom, through modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .plans import blocks, inside, words
from .values import is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .plans import Resource

    Node = tuple[tuple[str, ...], str]
    """The modules around something, and its name there."""

_KEY = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*"|[^\]]*)\]')
_NOTHING = ("path.", "terraform.", "each.", "count.", "self.")
# Terraform writes down that a local is referred to, but not what it is.
_OPAQUE = "local"


class Configuration:
    """The configuration of a plan, as a graph of references."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        """Take the root module."""
        self._root = root

    def depends(self, resource: Resource, on: Resource) -> bool | None:
        """Tell whether one resource is made after another, whatever their instances.

        None: it cannot be told, since a local is in between.
        """
        wanted = (on.modules, f"{on.type}.{on.name}")
        todo: list[Node] = [(resource.modules, f"{resource.type}.{resource.name}")]
        seen: set[Node] = set()
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            if node == wanted:
                return True
            todo.extend(self._next(node))
        return None if any(name == _OPAQUE for _, name in seen) else False

    def describes(self, resource: Resource) -> bool:
        """Tell whether the configuration has a resource; one that goes may not be."""
        module = self._module(resource.modules)
        name = f"{resource.type}.{resource.name}"
        return module is not None and _named(module, name) is not None

    def _next(self, node: Node) -> Iterator[Node]:
        """Yield what something refers to."""
        modules, name = node
        kind, _, rest = name.partition(".")
        if kind == "var":
            yield from self._argument(modules, rest)
        elif kind == "module":
            yield from self._output(modules, rest)
        elif kind != _OPAQUE:
            yield from self._references_of(modules, name)

    def _references_of(self, modules: tuple[str, ...], name: str) -> Iterator[Node]:
        module = self._module(modules)
        entry = None if module is None else _named(module, name)
        if entry is None:
            return
        parts = (entry.get(f"{part}_expression") for part in ("count", "for_each"))
        found = _references([entry.get("expressions"), *parts])
        yield from _nodes(modules, found)
        yield from self._ordered(modules, entry)
        # What a module waits for, all that is in it waits for.
        for depth in range(len(modules)):
            call = self._call(modules[: depth + 1])
            yield from self._ordered(modules[:depth], call)

    def _argument(self, modules: tuple[str, ...], name: str) -> Iterator[Node]:
        """Yield what the call of a module hands over as a variable."""
        if modules:
            call = self._call(modules)
            given = inside(call, "expressions").get(name)
            parts = (call.get(f"{part}_expression") for part in ("count", "for_each"))
            yield from _nodes(modules[:-1], _references([given, *parts]))

    def _output(self, modules: tuple[str, ...], name: str) -> Iterator[Node]:
        """Yield what an output of a module stands for; without a name, all of them."""
        called, _, output = name.partition(".")
        child = (*modules, called)
        module = self._module(child)
        if module is None:
            return
        outputs = inside(module, "outputs")
        for each in (output,) if output in outputs else outputs:
            entry = inside(outputs, each)
            yield from _nodes(child, _references(entry.get("expression")))
            yield from self._ordered(child, entry)

    def _ordered(
        self, modules: tuple[str, ...], entry: Mapping[str, Any]
    ) -> Iterator[Node]:
        """Yield what ``depends_on`` names; a module stands for all that is in it."""
        for name in words(entry, "depends_on"):
            kind, _, called = _bare(name).partition(".")
            if kind == "module":
                yield from self._contents((*modules, called.partition(".")[0]))
            else:
                yield from _nodes(modules, [name])

    def _contents(self, modules: tuple[str, ...]) -> Iterator[Node]:
        module = self._module(modules)
        if module is None:
            return
        for entry in blocks(module, "resources"):
            yield modules, f"{entry.get('type')}.{entry.get('name')}"
        for called in inside(module, "module_calls"):
            yield from self._contents((*modules, called))

    def _call(self, modules: tuple[str, ...]) -> Mapping[str, Any]:
        parent = self._module(modules[:-1])
        return {} if parent is None else _child(parent, modules[-1])

    def _module(self, modules: tuple[str, ...]) -> Mapping[str, Any] | None:
        module = self._root
        for name in modules:
            if name not in inside(module, "module_calls"):
                return None
            module = inside(_child(module, name), "module")
        return module


def _child(module: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return inside(inside(module, "module_calls"), name)


def _named(module: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """Return what a module has under a name, ``data.`` in front or not."""
    is_data = name.startswith("data.")
    bare = name.removeprefix("data.")
    for entry in blocks(module, "resources"):
        same = f"{entry.get('type')}.{entry.get('name')}" == bare
        if same and (entry.get("mode") == "data") == is_data:
            return entry
    return None


def _references(value: Any) -> list[str]:
    """Return all references in an expression, however deep, the longest of each alone.

    For ``module.tables.name`` Terraform lists ``module.tables`` as well, which would
    stand for all of it.
    """
    found = {_bare(each) for each in _all_references(value)}
    return sorted(
        each for each in found if not any(o.startswith(f"{each}.") for o in found)
    )


def _all_references(value: Any) -> Iterator[str]:
    if is_object(value):
        for name, each in value.items():
            if name == "references" and is_list(each):
                yield from map(str, each)
            else:
                yield from _all_references(each)
    elif is_list(value):
        for each in value:
            yield from _all_references(each)


def _bare(reference: str) -> str:
    """Return a reference without the keys of instances."""
    return _KEY.sub("", reference)


def _nodes(modules: tuple[str, ...], references: Iterable[str]) -> Iterator[Node]:
    for reference in references:
        if reference.startswith(_NOTHING):
            continue
        parts: Sequence[str] = _bare(reference).split(".")
        if parts[0] == _OPAQUE:
            yield modules, _OPAQUE
            continue
        yield modules, ".".join(parts[: 3 if parts[0] in ("data", "module") else 2])
