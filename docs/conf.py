"""Configure Sphinx. `nox -s docs` builds the pages with warnings as errors."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "dynawait"
author = "The dynawait authors"
project_copyright = "The dynawait authors"
pyproject = Path(__file__).parents[1] / "pyproject.toml"
release = version = tomllib.loads(pyproject.read_text("utf-8"))["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"dynawait {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": True}
# A name in single backquotes is a link where it is one of ours, and code elsewhere.
default_role = "py:obj"
napoleon_numpy_docstring = False
napoleon_use_ivar = True

nitpicky = True
# The build needs no network, so pages of other projects cannot be linked.
nitpick_ignore_regex = [
    # The standard library, with its module or as imported by name.
    (r"py:.*", r"(asyncio|builtins|collections|contextlib|datetime|typing)\..*"),
    (r"py:.*", r"(Awaitable|Callable|Coroutine|Iterable|Mapping|Sequence|datetime)"),
    (r"py:.*", r"(copy|logging|pickle|time)\..*"),
    # An alias of types is documented as data, which a signature does not link to.
    (r"py:class", r"(.*\.)?(AsyncFaceClient|Missing|Observer|Phase|State)"),
    (r"py:class", r"(.*\.)?(Actor|Description|Outcome|SyncFaceClient)"),
    (r"py:class", r"(.*\.)?(Action|Caps|Change|Duration|Keys|Mover|OnCancel)"),
    (r"py:class", r"(.*\.)?(OnCooldown|Operation|Pairs|Units|Until)"),
    (r"py:class", r"(.*\.)?(CollisionKind|DialectName|Fairness|Heartbeat|LostReason)"),
    (r"py:class", r"(.*\.)?(LockVerdict|OwnerProbe|RowKind)"),
    # The standard library's, as imported by name.
    (r"py:class", r"(Logger|LoggerAdapter)"),
    # The docstring of a property may be read as a type and a colon.
    (r"py:class", r"\w+( \w+)+"),
    # One belongs to botocore, the others to the inside of the simulation.
    (r"py:class", r"(.*\.)?(Attempt|Config|Job|Service|SimulatedGateway)"),
    # The types of a dataclass's fields, cut at the comma.
    (r"py:class", r"(Mapping|tuple)\[\w+"),
    # Docstrings name arguments as well, in single backquotes.
    (r"py:obj", r".*"),
    # Type variables have no page.
    (r"py:.*", r"(.*\.)?[A-Z](_co|_contra)?"),
]


def link_short_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: Element
) -> Any:
    """Link a class as signatures name it, ``TableState``, to where it is documented."""
    if node.get("refdomain") != "py":
        return None
    name = node["reftarget"].rpartition(".")[2]
    domain = env.domains.python_domain
    for place in sorted(domain.objects):
        if place.startswith("dynawait.") and place.rpartition(".")[2] == name:
            document, builder = node["refdoc"], app.builder
            return domain.resolve_xref(
                env, document, builder, "obj", place, node, shown
            )
    return None


def show_types_of_the_face(*told_by_sphinx: Any) -> tuple[str, str | None] | None:
    """Show the methods of lock clients with the types of their face.

    They are made from core functions, which both faces share, and whose type variables
    stand for the classes of the face. What a context manager or an iterator gives is in
    their docstrings.
    """
    _, _, name, obj, _, signature, returned = told_by_sphinx
    if signature is None or not re.match(r"dynawait\.locks\.(Lock|Terraform)", name):
        return None
    if inspect.isfunction(obj):
        told: Any = inspect.signature(obj).return_annotation
        returned = re.sub(r"\bL\b", "Lease", told) if isinstance(told, str) else None
    signature = re.sub(r"\bL\b", "Lease", signature)
    return re.sub(r"\bC\b", "AsyncFaceClient", signature), returned


def setup(app: Sphinx) -> None:
    """Teach Sphinx what it cannot find by itself.

    That is names that a module imports for type checking only, and types that only a
    type checker infers.
    """
    app.connect("missing-reference", link_short_name)
    app.connect("autodoc-process-signature", show_types_of_the_face)
