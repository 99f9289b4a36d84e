"""Whatever is asked in whatever order, the service answers in DynamoDB's shapes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dynawait.testing import Ending, ServiceFault
from tests.simulation.samples import SAMPLES, prepared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.simulation.samples import Desk

SESSION = pytest.importorskip("botocore.session").get_session()
VALIDATOR = pytest.importorskip("botocore.validate").ParamValidator()
MODEL = SESSION.get_service_model("dynamodb")
KNOWN = {
    operation: requests
    for operation, requests in SAMPLES.items()
    if operation in MODEL.operation_names
}
SCALARS: Mapping[str, type] = {
    "string": str,
    "long": int,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
}


def problems(value: Any, shape: Any, path: str) -> list[str]:
    """Return what of a response does not fit its shape."""
    kind = shape.type_name
    if kind == "structure":
        missing = [name for name in shape.required_members if name not in value]
        found = [f"{path}.{name} is missing" for name in missing]
        for name, member in value.items():
            if name not in shape.members:
                found.append(f"{path}.{name} is not known")
            else:
                found += problems(member, shape.members[name], f"{path}.{name}")
        return found
    if kind == "list":
        members = [
            problems(member, shape.member, f"{path}[{place}]")
            for place, member in enumerate(value)
        ]
        return [problem for found in members for problem in found]
    if kind == "map":
        return [] if isinstance(value, dict) else [f"{path} is {value!r}"]
    fits = isinstance(value, SCALARS[kind])
    choices = getattr(shape, "enum", ())
    return (
        [] if fits and (not choices or value in choices) else [f"{path} is {value!r}"]
    )


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        pytest.param(operation, request, id=f"{operation}-{number}")
        for operation, requests in KNOWN.items()
        for number, request in enumerate(requests)
    ],
)
def test_a_sample_is_legal_and_its_answer_parses(
    operation: str, request_: dict[str, Any]
) -> None:
    """A client would send each sample, the service accepts it, and the response has the
    members of botocore's shape, with their types.
    """
    model = MODEL.operation_model(operation)
    report = VALIDATOR.validate(request_, model.input_shape)
    assert not report.has_errors(), report.generate_report()
    response = prepared().ask(operation, **request_)
    if model.output_shape is None:
        assert response == {}
    else:
        assert problems(response, model.output_shape, operation) == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                (name, request)
                for name, requests in KNOWN.items()
                for request in requests
            ]
        ),
        st.sampled_from([0.0, 0.5, 2.0, 7.0, 60.0, 4_000.0]),
    ),
    max_size=25,
)
ENDINGS = st.lists(
    st.sampled_from(
        [
            ("kinesis", Ending("ENABLE_FAILED", "no permission")),
            ("insights", Ending("FAILED", "AccessDeniedException: no")),
            ("backup", Ending("DELETED")),
            ("export", Ending("FAILED", "S3NoSuchBucket: none")),
            ("import", Ending("FAILED", "ItemValidationError: some")),
            ("import", Ending("FAILED", "without a code")),
            ("import", Ending("CANCELLED")),
        ]
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=150)
@given(steps=STEPS, endings=ENDINGS)
def test_any_sequence_is_answered(steps: Any, endings: Any) -> None:
    """Responses parse, refusals are ServiceFaults with a text, whatever went before."""
    desk = prepared()
    for what, ending in endings:
        desk.plane.arrange(what, ending)
    for (operation, request), seconds in steps:
        response, refusal = answer(desk, operation, request)
        shape = MODEL.operation_model(operation).output_shape
        if refusal is not None:
            assert refusal.message
        elif shape is not None:
            assert problems(response, shape, operation) == []
        desk.wait(seconds)


def answer(desk: Desk, operation: str, request: Any) -> tuple[Any, ServiceFault | None]:
    """Return the response, or the refusal."""
    try:
        return desk.ask(operation, **request), None
    except ServiceFault as fault:
        return None, fault
