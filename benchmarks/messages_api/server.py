"""A server on loopback that speaks the Messages API, and behaves like it.

    with MessagesServer(author) as server:
        client = anthropic.Anthropic(base_url=server.url, api_key="any")

It takes what the `anthropic` SDK 2.11 sends, and sends what that parses (API of 2026-10-21).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Event as Signal
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Self

from benchmarks.messages_api.abilities import MODELS, model_information
from benchmarks.messages_api.answers import allowance, compose, message
from benchmarks.messages_api.errors import ApiError
from benchmarks.messages_api.faults import Fault, NoFault
from benchmarks.messages_api.prompt_cache import Clock, PromptCache
from benchmarks.messages_api.prompts import (
    content_blocks,
    conversation_text,
    prompt_blocks,
)
from benchmarks.messages_api.records import Answered, Received
from benchmarks.messages_api.refusals import check_key, check_length, check_prompt, check_request
from benchmarks.messages_api.signatures import Signer
from benchmarks.messages_api.sse import DELTA_CHARACTERS
from benchmarks.messages_api.tokens import TokenMeasure
from benchmarks.messages_api.wire import Reply, start_http
from benchmarks.messages_api.writing import Author

if TYPE_CHECKING:
    from types import TracebackType

    from benchmarks.messages_api.abilities import Abilities
    from benchmarks.messages_api.answers import Answer
    from benchmarks.messages_api.prompts import Body, PromptBlock
    from benchmarks.messages_api.writing import Written

AuthorOrChoice = Author | Callable[[dict[str, Any]], Author]


class MessagesServer:
    """The server: a context manager, for any number of clients at once.

    Attributes:
        requests: Every request to ``/v1/messages`` so far, refused ones too, in the order of their
            numbers.
        responses: What was answered to each; in the order of answering.
        other_requests: Method and path of every other request.
        clock: The time of the prompt cache.
    """

    def __init__(  # noqa: PLR0913 - each is a setting with a default
        self,
        author: AuthorOrChoice,
        *,
        models: Mapping[str, Abilities] | None = None,
        seed: int = 0,
        factor: float | None = None,
        faults: Mapping[int, Fault] | None = None,
        delta_characters: int = DELTA_CHARACTERS,
    ) -> None:
        """Set it up; it listens within the ``with`` block.

        Args:
            author: Who writes, or a function that chooses who, given the request.
            models: More models, or other abilities of some.
            seed: Of the hidden factor, and of the key that signs thinking.
            factor: The model's tokens for one ``cl100k_base`` token; None: drawn.
            faults: By the number of the request to ``/v1/messages``, from 1; retries count.
            delta_characters: Characters of one event of a stream.

        Raises:
            ValueError: ``delta_characters`` or ``factor`` is not positive.
        """
        if delta_characters < 1:
            raise ValueError(f"delta_characters: expected 1 or more, found {delta_characters}")
        self._author = author
        self._models = {**MODELS, **(models or {})}
        self._measure = TokenMeasure.drawn(seed) if factor is None else TokenMeasure(factor)
        self._faults = dict(faults or {})
        self._delta_characters = delta_characters
        self._signer = Signer(random.Random(f"signer {seed}").randbytes(32))
        self._paused: set[str] = set()
        self._lock = Lock()
        self._closing = Signal()
        self._author_error: Exception | None = None
        self.clock = Clock()
        self._cache = PromptCache(self.clock)
        self.requests: list[Received] = []
        self.responses: list[Answered] = []
        self.other_requests: list[tuple[str, str]] = []

    @property
    def factor(self) -> float:
        """The hidden factor, for assertions after the fact."""
        return self._measure.factor

    @property
    def url(self) -> str:
        """The base URL for a client."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def output_tokens(self) -> int:
        """All that was billed as output so far."""
        return sum(one.usage["output_tokens"] for one in self.responses if one.usage)

    def count(self, text: str) -> int:
        """The tokens of a text by the hidden measure, for assertions."""
        return self._measure.count(text)

    def __enter__(self) -> Self:
        self._http = start_http(self, self._closing)
        self._thread = Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self._author_error is not None and error is None:
            raise self._author_error

    def reply(self, method: str, path: str, body: Body, headers: Mapping[str, str]) -> Reply:
        """What is answered to a request.

        Raises:
            ApiError: It is refused, or a fault says so.
        """
        path = path.partition("?")[0]
        if (method, path) == ("POST", "/v1/messages"):
            return self._messages(body, headers)
        self.other_requests.append((method, path))
        check_key(headers)
        if (method, path) == ("POST", "/v1/messages/count_tokens"):
            return Reply({"input_tokens": self._count_prompt(body)})
        if method == "GET" and path.startswith("/v1/models/"):
            name = path.removeprefix("/v1/models/")
            return Reply(model_information(name, self._abilities(name)))
        raise ApiError(404, "Not found")

    def _messages(self, body: Body, headers: Mapping[str, str]) -> Reply:
        with self._lock:
            self.requests.append(Received(body, headers))
            number = len(self.requests)
        fault = self._faults.get(number)
        try:
            return self._answered(number, body, headers, fault)
        except ApiError as error:
            said = Answered(number, error.status, error=error.message, fault=fault)
            self._record(said)
            raise

    def _answered(
        self, number: int, body: Body, headers: Mapping[str, str], fault: Fault | None
    ) -> Reply:
        playing = fault or NoFault()
        error = playing.error()
        if error is not None:
            raise error
        check_key(headers)
        model, blocks, tokens = self._checked(body)
        check_length(sum(tokens), model)
        use = self._cache.use(body["model"], blocks, tokens, model.minimum_cacheable)
        answer = self._composed(body, model, sum(tokens))
        content = playing.change(message(answer, f"msg_{number:024d}", body["model"], use))
        self._remember_pause(body, content)
        self._record(Answered.of(number, answer, content, fault))
        return Reply(
            content,
            stream=bool(body.get("stream")),
            fault=playing,
            delta_characters=self._delta_characters,
            cut_input=answer.cut_input,
        )

    def _checked(self, body: Body) -> tuple[Abilities, tuple[PromptBlock, ...], list[int]]:
        """The abilities of the model, and the prompt with its tokens, once nothing is wrong."""
        model = self._abilities(str(body.get("model")))
        check_prompt(body)
        resumed = conversation_text(body["messages"]) in self._paused
        check_request(body, model, resumed=resumed)
        complaint = self._signer.complaint(body["messages"])
        if complaint is not None:
            raise ApiError(400, complaint)
        blocks = prompt_blocks(body)
        return model, blocks, self._measure.of_blocks(blocks)

    def _composed(self, body: Body, model: Abilities, prompt: int) -> Answer:
        written = self._written(body)
        thinking = written.thinking_tokens if model.thinks(body) else 0
        budget = body.get("thinking", {}).get("budget_tokens")
        written = replace(written, thinking_tokens=min(thinking, budget or thinking))
        return compose(
            written,
            allowance(body, model, prompt, written.most_tokens),
            self._measure,
            body.get("stop_sequences") or (),
            lambda words: self._signer.sign(words, body["messages"]),
        )

    def _written(self, body: Body) -> Written:
        """What the author writes; an error of its own is raised when the server is left."""
        try:
            author = self._author
            chosen = author if hasattr(author, "write") else author(body)
            return chosen.write(body)
        except Exception as error:
            self._author_error = error
            raise ApiError(
                500, f"the author failed: {error!r}", {"x-should-retry": "false"}
            ) from error

    def _remember_pause(self, body: Body, content: Mapping[str, Any]) -> None:
        """A paused turn may come back as the last message, whatever the model."""
        if content["stop_reason"] != "pause_turn":
            return
        *earlier, last = body["messages"]
        said = {"role": "assistant", "content": list(content["content"])}
        resumed = last["role"] == "assistant"
        whole = {**said, "content": [*content_blocks(last["content"]), *said["content"]]}
        turns = [*earlier, whole] if resumed else [*earlier, last, said]
        self._paused.add(conversation_text(turns))

    def _count_prompt(self, body: Body) -> int:
        self._abilities(str(body.get("model")))
        check_prompt(body)
        return sum(self._measure.of_blocks(prompt_blocks(body)))

    def _abilities(self, model: str) -> Abilities:
        if model not in self._models:
            raise ApiError(404, f"model: {model}")
        return self._models[model]

    def _record(self, said: Answered) -> None:
        with self._lock:
            self.responses.append(said)
