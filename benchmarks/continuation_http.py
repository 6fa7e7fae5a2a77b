"""How the benchmarks of continuation reach the server: in this process, or by HTTP and the SDK."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.continuation_ways import in_memory
from benchmarks.messages_api.errors import ApiError
from benchmarks.messages_api.server import MessagesServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anthropic import Anthropic

    from benchmarks.continuation_ways import Send
    from benchmarks.messages_api.target import Target
    from benchmarks.messages_api.writing import Author


@contextmanager
def connected(
    author: Callable[[Target], Author], target: Target, factor: float, *, http: bool
) -> Iterator[tuple[MessagesServer, Send]]:
    """A server where this author writes this target, and what sends to it.

    Args:
        author: Makes the author.
        target: What it writes.
        factor: The model's tokens for one of ``cl100k_base``.
        http: Whether requests go over the wire, streamed; False: only the wire is left out.
    """
    server = MessagesServer(author(target), factor=factor)
    if not http:
        yield server, in_memory(server)
        return
    from anthropic import Anthropic

    with server, Anthropic(base_url=server.url, api_key="none", max_retries=0) as client:
        yield server, over_http(client)


def over_http(client: Anthropic) -> Send:
    """Sends with the SDK; a ceiling of any height is streamed."""
    from anthropic import APIStatusError

    def send(request: dict[str, object]) -> dict[str, object]:
        try:
            with client.messages.stream(**request) as stream:  # type: ignore[arg-type] # a mapping
                return stream.get_final_message().to_dict(mode="json")
        except APIStatusError as error:
            raise ApiError(error.status_code, error.message) from error

    return send
