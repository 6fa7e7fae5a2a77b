"""One POST of JSON: bounded in time and size, and every failure an `EmbeddingError`.

There is no second attempt here: what fails goes on without embeddings, and at once.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import httpx2

from token_budget.context.errors import BadVectors, EmbedderRefused, EmbedderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHOWN_CHARACTERS = 200
"""Of what a server said about an error: enough to act upon."""

ERROR_BYTES = 4_096
"""Of the body of an error that are read."""


class Exchange:
    """One request and what has come back so far; it decides when enough has.

    Attributes:
        name: The embedder, for messages.
        url: Where it goes.
        headers: What goes with it; never shown.
        content: The body.
        timeout_seconds: For each wait, and for the whole answer.
        most_bytes: Of the answer.
    """

    def __init__(  # noqa: PLR0913 - what a request is made of
        self,
        name: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes,
        *,
        timeout_seconds: float,
        most_bytes: int,
    ) -> None:
        """Begin; the clock runs from here."""
        self.name, self.url, self.headers, self.content = name, url, headers, content
        self.timeout_seconds, self.most_bytes = timeout_seconds, most_bytes
        self._deadline = time.monotonic() + timeout_seconds
        self._received = bytearray()

    def receive(self, data: bytes, status: int) -> bool:
        """Take a piece of the answer; whether more is wanted.

        Raises:
            EmbedderUnavailable: The time is up.
            BadVectors: The answer is longer than so many vectors can be.
        """
        self._received += data
        if time.monotonic() > self._deadline:
            raise EmbedderUnavailable(self.name, self.late)
        if status != httpx2.codes.OK:
            return len(self._received) < ERROR_BYTES
        if len(self._received) > self.most_bytes:
            raise BadVectors(self.name, f"its answer is longer than {self.most_bytes:,} bytes")
        return True

    def answer(self, status: int) -> bytes:
        """The whole body.

        Raises:
            EmbedderRefused: The status is not 200.
        """
        body = bytes(self._received)
        if status != httpx2.codes.OK:
            raise EmbedderRefused(self.name, status, self._without_secrets(body))
        return body

    @property
    def late(self) -> str:
        """What is said when the time is up."""
        return f"no answer within {self.timeout_seconds:g} s"

    def _without_secrets(self, body: bytes) -> str:
        """What a server said, on one line; it may repeat the key that it was sent."""
        said = body.decode("utf-8", "replace")
        for value in self.headers.values():
            secret = value.removeprefix("Bearer ")
            said = said.replace(secret, "…") if secret else said
        return " ".join(said.split())[:SHOWN_CHARACTERS]


def posted(client: httpx2.Client, exchange: Exchange) -> bytes:
    """Send a request and read its answer.

    Raises:
        EmbeddingError: There is none that can be used.
    """
    with _explained(exchange):
        response = client.send(_request(client, exchange), stream=True)
        with closing(response):
            for data in response.iter_bytes():
                if not exchange.receive(data, response.status_code):
                    break
        return exchange.answer(response.status_code)


async def aposted(client: httpx2.AsyncClient, exchange: Exchange) -> bytes:
    """As `posted`, for an event loop."""
    with _explained(exchange):
        response = await client.send(_request(client, exchange), stream=True)
        try:
            async for data in response.aiter_bytes():
                if not exchange.receive(data, response.status_code):
                    break
        finally:
            await response.aclose()
        return exchange.answer(response.status_code)


def _request(client: httpx2.Client | httpx2.AsyncClient, exchange: Exchange) -> httpx2.Request:
    return client.build_request(
        "POST",
        exchange.url,
        headers={"Content-Type": "application/json", **exchange.headers},
        content=exchange.content,
        timeout=exchange.timeout_seconds,
    )


@contextmanager
def _explained(exchange: Exchange) -> Iterator[None]:
    """Turn what the client raises into an error of ours."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise EmbedderUnavailable(exchange.name, exchange.late) from error
    except httpx2.ConnectError as error:
        raise EmbedderUnavailable(exchange.name, "cannot be reached", _said(error)) from error
    except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
        reason = f"the connection failed: {type(error).__name__}"
        raise EmbedderUnavailable(exchange.name, reason, _said(error)) from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:SHOWN_CHARACTERS]
