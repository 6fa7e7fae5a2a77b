"""Ways to complete an answer that is cut off: ours, and what is done elsewhere.

All of them talk to the same server, in this process or by HTTP and the SDK, under the same ceiling.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from benchmarks.continuation_targets import applied, files_of_text, patched
from benchmarks.messages_api.errors import ApiError
from continuation import Ask, Continuation, Finished
from continuation.file_answer import FileAnswer
from continuation.ndjson_answer import NdjsonAnswer
from continuation.requests import text_block, user_turn, with_breakpoint, with_prefill, with_turns
from ndjson import instructions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.continuation_targets import Case, Files
    from benchmarks.messages_api.server import MessagesServer
    from continuation.requests import Request
    from token_budget.models import ModelLimits

Way = Literal["ours", "regenerate", "prefill", "please continue"]

WAYS: tuple[Way, ...] = ("ours", "regenerate", "prefill", "please continue")

MOST_ROUNDS = 60
"""No limit for an author that gets on (at 5 % it needs some 25 rounds), an end for one that writes
a handful of tokens a round."""

GROWTH = 1.5
"""By what most executors raise the ceiling when they ask for the whole answer again."""

SHOWN_CHARACTERS = 40_000
"""The files before a commit are shown in the prompt up to so many characters."""

PLEASE_CONTINUE = "Please continue."


class Send(Protocol):
    """Sends a request."""

    def __call__(self, request: Request) -> Mapping[str, Any]:
        """The response's JSON; raises `ApiError` where the server refuses."""


@dataclass(slots=True)
class Spent:
    """What came of the rounds of one answer.

    Attributes:
        rounds: How many there were.
        output: Output tokens.
        usages: The ``usage`` of each round.
        texts: What each said.
    """

    rounds: int = 0
    output: int = 0
    usages: list[Mapping[str, int]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, response: Mapping[str, Any]) -> str:
        """Take in a response; its text comes back."""
        text = "".join(one["text"] for one in response["content"] if one["type"] == "text")
        self.rounds += 1
        self.output += response["usage"]["output_tokens"]
        self.usages.append(response["usage"])
        self.texts.append(text)
        return text


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an answer.

    Attributes:
        files: What the files are if it is applied; None: it failed, or does not fit.
        spent: What it took.
        reason: Why it failed; empty: it did not.
        proven: Whether it claims that its parts belong together as they were joined.
        dropped: Tokens of lines that were cut off and had to come again.
        raised: Whether the ceiling had to be raised.
        warnings: What was said beside a result.
    """

    files: Files | None
    spent: Spent
    reason: str = ""
    proven: bool = True
    dropped: int = 0
    raised: bool = False
    warnings: tuple[str, ...] = ()


def in_memory(server: MessagesServer) -> Send:
    """Sends without HTTP: every check, cut and count is the server's."""
    return lambda request: (
        server.reply("POST", "/v1/messages", request, {"x-api-key": "none"}).content
    )


def first_request(case: Case, model: str, ceiling: int) -> Request:
    """What is asked first, in every way: the files, then the task; its prompt is cached."""
    shown = "\n\n".join(f"{path}:\n{text}" for path, text in case.before.items())
    blocks = [text_block(shown[:SHOWN_CHARACTERS])] if shown else []
    request = {
        "model": model,
        "max_tokens": ceiling,
        "system": [text_block(_instructions(case))],
        "messages": [user_turn([*blocks, text_block(f"Task:\n\n{case.message or 'Go on.'}")])],
    }
    return with_breakpoint(request, "5m")


def ours(
    case: Case, send: Send, server: MessagesServer, limits: ModelLimits, ceiling: int
) -> Ended:
    """`continuation`, with its round limit lifted."""
    continuation = Continuation(
        first_request(case, limits.id, ceiling),
        case.form,
        limits,
        deliverables=case.deliverables,
        rounds=MOST_ROUNDS,
        cache=lambda _: "5m",
    )
    spent, dropped, raised = Spent(), 0, False
    step: object = Ask(continuation.request, "continue", "the first request")
    while isinstance(step, Ask):
        raised = raised or step.strategy == "escalate"
        response = send(step.request)
        text = spent.add(response)
        step = continuation.receive(response)
        if response["stop_reason"] == "max_tokens":
            dropped += server.count(_dropped(continuation, text))
    if not isinstance(step, Finished):
        return Ended(None, spent, str(getattr(step, "error", step)), dropped=dropped, raised=raised)
    files = _files_of_answer(case, step)
    reason = "" if files is not None else "what was joined does not fit the files"
    return Ended(files, spent, reason, step.proven, dropped, raised, step.warnings)


def regenerate(case: Case, send: Send, model: str, ceiling: int) -> Ended:
    """The same request again with a higher ceiling, until the answer ends by itself."""
    spent = Spent()
    request = first_request(case, model, ceiling)
    while spent.rounds < MOST_ROUNDS:
        response = send(request)
        text = spent.add(response)
        if response["stop_reason"] != "max_tokens":
            return _read(case, text, spent)
        raised = min(round(request["max_tokens"] * GROWTH) + 1, 128_000)
        request = {**request, "max_tokens": raised}
    return Ended(None, spent, "too many rounds")


def prefilled(case: Case, send: Send, model: str, ceiling: int) -> Ended:
    """What came is sent back as the beginning of the answer; what follows is put behind it."""
    first, spent, text = first_request(case, model, ceiling), Spent(), ""
    request = first
    while spent.rounds < MOST_ROUNDS:
        response = send(request)
        text += spent.add(response)
        if response["stop_reason"] != "max_tokens":
            return _read(case, text, spent)
        text = text.rstrip()  # which the API demands of a prefill
        if not text:
            return Ended(None, spent, "nothing came")
        request = with_prefill(first, text)
    return Ended(None, spent, "too many rounds")


def please_continue(case: Case, send: Send, model: str, ceiling: int) -> Ended:
    """The model is asked to go on; the parts are put one behind the other."""
    spent, text = Spent(), ""
    request = first_request(case, model, ceiling)
    while spent.rounds < MOST_ROUNDS:
        response = send(request)
        part = spent.add(response)
        text += part
        if response["stop_reason"] != "max_tokens":
            return _read(case, text, spent)
        if not part.strip():
            return Ended(None, spent, "nothing came")
        request = with_turns(request, [text_block(part)], PLEASE_CONTINUE)
    return Ended(None, spent, "too many rounds")


def completed(  # noqa: PLR0913, PLR0917 - what is asked, of whom, in which way
    way: Way, case: Case, send: Send, server: MessagesServer, limits: ModelLimits, ceiling: int
) -> Ended:
    """An answer in one of the ways; what the server refuses is a failure that says so."""
    try:
        match way:
            case "ours":
                return ours(case, send, server, limits, ceiling)
            case "regenerate":
                return regenerate(case, send, limits.id, ceiling)
            case "prefill":
                return prefilled(case, send, limits.id, ceiling)
            case "please continue":
                return please_continue(case, send, limits.id, ceiling)
    except ApiError as error:
        return Ended(None, Spent(), f"refused: {error}")


def _instructions(case: Case) -> str:
    if case.form == "ndjson":
        return instructions()
    return f"Answer in one piece, in this format and nothing else: {case.form}."


def _read(case: Case, text: str, spent: Spent) -> Ended:
    """The answer as whoever puts parts together reads it."""
    files = files_of_text(case, text)
    return Ended(files, spent, "" if files is not None else "it cannot be read or applied")


def _files_of_answer(case: Case, step: Finished) -> Files | None:
    match case.form:
        case "text":
            return {"": step.answer.text}
        case "diff":
            same = step.answer.text == case.target.text
            return case.after if same else patched(case.before, step.answer.text)
        case _:
            return applied(case.before, step.answer.operations)


def _dropped(continuation: Continuation, text: str) -> str:
    """What was cut off at the end of a part and is to come again."""
    answer = continuation.answer
    if isinstance(answer, NdjsonAnswer | FileAnswer):
        found = answer if isinstance(answer, NdjsonAnswer) else answer.found
        if found.file is not None:
            return found.file.fragment
        if found.modify is not None:
            kept = json.loads(found.modify.edits[-1].model_dump_json())
            last = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
            return text.rpartition("\n")[2].rpartition(last)[2]
    return text.rpartition("\n")[2]
