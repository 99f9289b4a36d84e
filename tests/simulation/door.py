"""A server without a network: its WSGI application, called in process."""

from __future__ import annotations

import functools
import json
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any
from wsgiref.validate import validator

import botocore.session
from botocore.serialize import create_serializer

from dynawait.testing.backend import Backend
from dynawait.testing.protocol import Application

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import ServiceModel

HOST = "127.0.0.1:8000"
TARGET = "DynamoDB_20120810."


@functools.cache
def model() -> ServiceModel:
    """Return botocore's service model."""
    return botocore.session.get_session().get_service_model("dynamodb")


def serialized(operation: str, request: Mapping[str, Any]) -> Any:
    """Return the HTTP request that botocore makes of an operation's parameters."""
    described = model().operation_model(operation)
    return create_serializer("json").serialize_to_request(dict(request), described)


class HungUpError(Exception):
    """The connection was closed without an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The error's code and text, as DynamoDB sends them."""
        kind = str(self.json["__type"])
        assert int(self.headers["x-amz-crc32"]) == zlib.crc32(self.body)
        return f"{kind.partition('#')[2]}: {self.json['message']}"


class Door:
    """An application and its backend, whose time stands still."""

    def __init__(self, *, lint: bool = True, **options: Any) -> None:
        """Take the options of a backend, and whether only legal WSGI may come in."""
        self.backend = Backend(**{"speed": 0.0, **options})
        application = Application(
            self.backend,
            url=lambda: f"http://{HOST}",
            interrupted=lambda: False,
            hang_up=HungUpError,
        )
        self._application: Any = validator(application) if lint else application

    def ask(
        self,
        method: str = "GET",
        path: str = "/",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send a request; names of headers as in HTTP."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(body),
            "wsgi.errors": _NoErrors(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        environ |= {"HTTP_HOST": HOST, "CONTENT_LENGTH": str(len(body))}
        for name, value in (headers or {}).items():
            key = name.upper().replace("-", "_")
            environ[key if key.startswith("CONTENT_") else f"HTTP_{key}"] = value
        began: list[Any] = []

        def start_response(status: str, headers: list[Any], _info: Any = None) -> Any:
            began[:] = [status, headers]
            return began.append

        answer = self._application(environ, start_response)
        payload = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        status, sent = began
        return Reply(int(status[:3]), dict(sent), payload)

    def call(self, operation: str, *, region: str = "", **parameters: Any) -> Reply:
        """Send an operation."""
        headers = {"X-Amz-Target": TARGET + operation}
        if region:
            scope = f"AKID/20260101/{region}/dynamodb/aws4_request"
            headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, Signature"
        return self.ask("POST", body=json.dumps(parameters).encode(), headers=headers)

    def control(self, name: str, **members: Any) -> Reply:
        """Send a command to the control endpoint."""
        return self.ask("POST", f"/_dynawait/{name}", json.dumps(members).encode())

    def state(self) -> Any:
        """Return what the control endpoint tells."""
        return self.ask("GET", "/_dynawait/state").json


class _NoErrors:
    """Stands in for the stream of errors, to which nobody writes."""

    def flush(self) -> None:
        """Flush nothing."""

    def write(self, text: str) -> None:
        """Refuse it."""
        raise AssertionError(text)

    def writelines(self, lines: list[str]) -> None:
        """Refuse them."""
        raise AssertionError(lines)
