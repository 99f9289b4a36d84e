"""DynamoDB's protocol, JSON 1.0 over HTTP, as a WSGI application.

Codes, statuses and headers are those of the API reference; where DynamoDB sends an
error without a text, a text that helps is sent all the same. Signatures are not
checked: only the Region is read from the credential's scope.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from base64 import b64encode
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from .answers import Answer, text_answer
from .control import PREFIX, Control, Visit
from .model import ServiceFault
from .page import HEADERS, render
from .wire import read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIEnvironment

    from .backend import Backend

MAX_BODY = 16 * 1024 * 1024
_TYPE = "application/x-amz-json-1.0"
_TARGET = "DynamoDB_20120810."
_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
_FRAMEWORK = "com.amazon.coral.service#"
_NAMESPACES = {
    "InternalFailure": _FRAMEWORK,
    "UnknownOperationException": _FRAMEWORK,
    "SerializationException": _FRAMEWORK,
    "RequestEntityTooLargeException": _FRAMEWORK,
    "ThrottlingException": _FRAMEWORK,
    "ValidationException": "com.amazon.coral.validate#",
}
_REASONS = {
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    500: "Internal Server Error",
}
_SCOPE = re.compile(r"Credential=[^\s,]+/\d{8}/([a-z]{2}(?:-[a-z]+){1,3}-\d{1,2})/")
_LOOKS = ("GET", "HEAD")
_log = logging.getLogger(__name__)


class Application:
    """A WSGI application that answers for a simulated account."""

    def __init__(
        self,
        backend: Backend,
        *,
        url: Callable[[], str],
        interrupted: Callable[[], bool],
        hang_up: Callable[[], Exception],
    ) -> None:
        """Take who answers and what the server must do.

        Args:
            backend: who answers.
            url: tells the server's address.
            interrupted: tells whether calls that take their time must end now.
            hang_up: makes the exception on which the server closes the connection
                without an answer.
        """
        self._backend = backend
        self._control = Control(backend)
        self._url = url
        self._interrupted = interrupted
        self._hang_up = hang_up
        self._requests = count(1)

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one HTTP request."""
        try:
            answer = self._answer(environ)
        except ServiceFault as fault:
            answer = fault_answer(fault)
        except Exception:  # noqa: BLE001 - logged with its traceback
            # What goes wrong in here is told to whoever runs the server; whoever talks
            # to it meets DynamoDB's own error for such a case.
            _log.exception("a request could not be answered")
            answer = fault_answer(_failure())
        if answer is None:
            raise self._hang_up()
        headers = [
            ("Content-Type", answer.content_type),
            ("Content-Length", str(len(answer.body))),
            ("x-amzn-RequestId", f"{next(self._requests):052X}"),
            *answer.headers,
        ]
        reason = _REASONS.get(answer.status, "Error")
        start_response(f"{answer.status} {reason}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    def _answer(self, environ: WSGIEnvironment) -> Answer | None:
        """Return the answer to a request; None to close the connection without one."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"
        visit = Visit(
            environ.get("HTTP_HOST", ""),
            environ.get("HTTP_ORIGIN", ""),
            environ.get("HTTP_SEC_FETCH_SITE", ""),
        )
        if path.startswith(PREFIX):
            return self._control.answer(method, path, _body(environ), visit)
        if method in _LOOKS and path == "/":
            if visit.is_local and "text/html" in environ.get("HTTP_ACCEPT", ""):
                page = render(self._backend.state(), url=self._url())
                return Answer(200, page, "text/html; charset=utf-8", HEADERS)
            return text_answer("healthy: dynawait")
        operation, parameters = _operation(environ, method, path)
        return self._call(operation, parameters, _region(environ))

    def _call(
        self, operation: str, parameters: Mapping[str, Any], region: str
    ) -> Answer | None:
        attempt = self._backend.begin(operation, parameters, region=region)
        self._backend.clock.wait(attempt.outward, self._interrupted)
        attempt.arrive()
        self._backend.clock.wait(attempt.homeward, self._interrupted)
        if attempt.cut is not None:
            return None
        if attempt.fault is not None:
            raise attempt.fault
        return _json(200, attempt.result or {})


def fault_answer(fault: ServiceFault) -> Answer:
    """Return the answer that carries an error."""
    kind = _NAMESPACES.get(fault.code, _DYNAMODB) + fault.code
    error = {"__type": kind, "message": fault.message, **fault.members}
    return _json(fault.http_status, error)


def unreadable(status: int, problem: str) -> Answer:
    """Return the answer to what is no readable HTTP request."""
    if status >= 500:  # noqa: PLR2004 - where HTTP's errors of the server begin
        return fault_answer(_failure())
    too_large = status == 413  # noqa: PLR2004 - HTTP's own number
    code = "RequestEntityTooLargeException" if too_large else "SerializationException"
    return fault_answer(ServiceFault(code, problem, status))


def _operation(
    environ: WSGIEnvironment, method: str, path: str
) -> tuple[str, dict[str, Any]]:
    """Read the operation and its parameters.

    Raises:
        ServiceFault: the request is not one of DynamoDB's protocol.
    """
    if method != "POST" or path != "/":
        message = "send operations to / with POST"
        raise ServiceFault("UnknownOperationException", message, 404)
    body = _body(environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if not target.startswith(_TARGET):
        message = f"the header X-Amz-Target must be {_TARGET}<Operation>"
        raise ServiceFault("UnknownOperationException", message)
    try:
        return target.removeprefix(_TARGET), read_object(body)
    except ValueError as error:
        raise ServiceFault("SerializationException", str(error)) from None


def _body(environ: WSGIEnvironment) -> bytes:
    """Read the body.

    Raises:
        ServiceFault: it is too large, or has no length.
    """
    stated = environ.get("CONTENT_LENGTH") or "0"
    if not (stated.isascii() and stated.isdigit()):
        message = "the header Content-Length is not a number"
        raise ServiceFault("SerializationException", message)
    # More digits than any length has are not even converted.
    length = int(stated) if len(stated) < 20 else MAX_BODY + 1  # noqa: PLR2004
    if length > MAX_BODY:
        message = f"the request is larger than {MAX_BODY} bytes"
        raise ServiceFault("RequestEntityTooLargeException", message, 413)
    body: bytes = environ["wsgi.input"].read(length)
    return body


def _region(environ: WSGIEnvironment) -> str:
    """Return the Region in the credential's scope; empty where there is none."""
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")[:1000])
    return scope[1] if scope else ""


def _failure() -> ServiceFault:
    return ServiceFault("InternalFailure", "", 500)


def _json(status: int, members: Mapping[str, Any]) -> Answer:
    text = json.dumps(members, default=_written, separators=(",", ":"))
    body = text.encode()
    return Answer(status, body, _TYPE, (("x-amz-crc32", str(zlib.crc32(body))),))


def _written(value: object) -> float | str:
    """Return a moment or a blob as the protocol writes it."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode()
    message = f"{type(value).__name__} is not JSON"
    raise TypeError(message)
