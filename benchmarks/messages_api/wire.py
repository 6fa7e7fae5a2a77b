"""HTTP: what a reply is, and how it is sent."""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

from benchmarks.messages_api.errors import ApiError
from benchmarks.messages_api.faults import Close, Fault, NoFault, Wait
from benchmarks.messages_api.sse import events

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from threading import Event as Signal

    from benchmarks.messages_api.faults import Step

WAITING_CONNECTIONS = 128
"""Clients that may be connecting at once."""

RESET_AT_CLOSE = struct.pack("ii", 1, 0)
"""``SO_LINGER``, on and without patience: closing sends a reset instead of an orderly end."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response with status 200.

    Attributes:
        content: Its JSON.
        stream: Whether it is sent as events.
        fault: How it is sent.
        delta_characters: Characters of one event.
        cut_input: See `events`.
    """

    content: Mapping[str, Any]
    stream: bool = False
    fault: Fault = field(default_factory=NoFault)
    delta_characters: int = 1
    cut_input: str | None = None

    def steps(self) -> Iterator[Step]:
        """What is done to send it."""
        if not self.stream:
            return self.fault.play_body(_json(self.content))
        return self.fault.play(events(self.content, self.delta_characters, self.cut_input))


class Application(Protocol):
    """What answers requests."""

    def reply(
        self, method: str, path: str, body: dict[str, Any], headers: Mapping[str, str]
    ) -> Reply:
        """The reply to a request.

        Raises:
            ApiError: It is refused.
        """


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # idle connections of clients that live on would be waited for
    request_queue_size = WAITING_CONNECTIONS

    def __init__(self, application: Application, closing: Signal) -> None:
        self.application, self.closing, self.numbers = application, closing, count(1)
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle of a response is no news."""


def start_http(application: Application, closing: Signal) -> ThreadingHTTPServer:
    """A server on a free port of loopback; it is told when it closes, to stop waiting."""
    return _HttpServer(application, closing)


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an event is one packet, not one for every write

    def do_GET(self) -> None:
        self._handle({})

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        self._handle(json.loads(data))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - inherited
        """Nothing: the server records its requests."""

    def _handle(self, body: dict[str, Any]) -> None:
        identifier = f"req_{next(self.server.numbers):024d}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            reply = self.server.application.reply(self.command, self.path, body, headers)
        except ApiError as error:
            content = _json(error.body(identifier))
            self._begin(error.status, identifier, "application/json", error.headers)
            self._send(iter([content]))
            return
        kind = "text/event-stream; charset=utf-8" if reply.stream else "application/json"
        self._begin(200, identifier, kind, {})
        self._send(reply.steps())

    def _begin(self, status: int, identifier: str, kind: str, more: Mapping[str, str]) -> None:
        self.send_response(status)
        named = {"request-id": identifier, "content-type": kind, "transfer-encoding": "chunked"}
        for name, value in {**named, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(self, steps: Iterator[Step]) -> None:
        for step in steps:
            match step:
                case Wait(seconds):
                    self.server.closing.wait(seconds)
                case Close(reset):
                    self._hang_up(reset=reset)
                    return
                case data if data:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
                    self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def _hang_up(self, *, reset: bool) -> None:
        """End the connection before the response is whole."""
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            self.connection.close()


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode(errors="replace")
