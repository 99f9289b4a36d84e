"""DynamoDB's protocol, JSON 1.0 over HTTP, as a WSGI application."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, cast

from .model import ServiceFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from wsgiref.types import StartResponse, WSGIEnvironment

    from .service import Service

MAX_BODY = 16 * 1024 * 1024
_TYPE = "application/x-amz-json-1.0"
_TARGET = "DynamoDB_20120810."
_DYNAMODB = "com.amazonaws.dynamodb.v20120810#"
_FRAMEWORK = "com.amazon.coral.service#"
_NAMESPACES = {
    "UnknownOperationException": _FRAMEWORK,
    "SerializationException": _FRAMEWORK,
    "RequestEntityTooLargeException": _FRAMEWORK,
    "ThrottlingException": _FRAMEWORK,
    "ValidationException": "com.amazon.coral.validate#",
}
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    413: "Payload Too Large",
    500: "Internal Server Error",
}


class Application:
    """A WSGI application that answers for a service."""

    def __init__(
        self,
        service: Service,
        *,
        wait: Callable[[float], None],
        hang_up: Callable[[], Exception],
    ) -> None:
        """Take the service and what the server must do.

        Args:
            service: who answers.
            wait: lets that many seconds of the service's time pass.
            hang_up: makes the exception on which the server closes the connection
                without an answer.
        """
        self._service = service
        self._wait = wait
        self._hang_up = hang_up
        self._requests = count(1)

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one HTTP request."""
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == "/":
            return self._send(start_response, 200, b"healthy: dynawait", "text/plain")
        try:
            operation, parameters = _read(environ)
            response = self._answer(operation, parameters)
        except ServiceFault as fault:
            namespace = _NAMESPACES.get(fault.code, _DYNAMODB)
            error = {"__type": namespace + fault.code, "message": fault.message}
            return self._send(start_response, fault.http_status, _encode(error))
        return self._send(start_response, 200, _encode(response))

    def _answer(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        attempt = self._service.begin(operation, parameters)
        self._wait(attempt.outward)
        attempt.arrive()
        self._wait(attempt.homeward)
        if attempt.cut is not None:
            raise self._hang_up()
        if attempt.fault is not None:
            raise attempt.fault
        return attempt.result or {}

    def _send(
        self,
        start_response: StartResponse,
        status: int,
        body: bytes,
        content_type: str = _TYPE,
    ) -> list[bytes]:
        headers = [
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
            ("x-amzn-RequestId", f"{next(self._requests):052X}"),
            ("x-amz-crc32", str(zlib.crc32(body))),
        ]
        start_response(f"{status} {_REASONS.get(status, 'Error')}", headers)
        return [body]


def _read(environ: WSGIEnvironment) -> tuple[str, dict[str, Any]]:
    """Read the operation and its parameters.

    Raises:
        ServiceFault: the request is not one of DynamoDB's protocol.
    """
    if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != "/":
        message = "send operations to / with POST"
        raise ServiceFault("UnknownOperationException", message, 404)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY:
        message = f"the request is larger than {MAX_BODY} bytes"
        raise ServiceFault("RequestEntityTooLargeException", message, 413)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if not target.startswith(_TARGET):
        message = f"the header X-Amz-Target must be {_TARGET}<Operation>"
        raise ServiceFault("UnknownOperationException", message)
    try:
        parameters = json.loads(environ["wsgi.input"].read(length))
    except (ValueError, RecursionError):
        message = "the body is not JSON"
        raise ServiceFault("SerializationException", message) from None
    if not isinstance(parameters, dict):
        message = "the body is not a JSON object"
        raise ServiceFault("SerializationException", message)
    return target.removeprefix(_TARGET), cast("dict[str, Any]", parameters)


def _encode(response: Mapping[str, Any]) -> bytes:
    return json.dumps(response, default=_epoch, separators=(",", ":")).encode()


def _epoch(value: object) -> float:
    """Return a moment as the protocol writes it: seconds since 1970."""
    if not isinstance(value, datetime):
        message = f"{type(value).__name__} is not JSON"
        raise TypeError(message)
    return value.timestamp()
