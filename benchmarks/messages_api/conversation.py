"""What an author finds in a request: what it has said so far, and what it was told."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.messages_api.prompts import content_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.messages_api.prompts import Body

_KEPT = re.compile(r"\bkept\b", re.IGNORECASE)
_FIRST_LINES = re.compile(r"\bfirst ([\d,]+) lines\b")
_FIRST_EDITS = re.compile(r"\bmodify of (\S+) the first ([\d,]+) edits are kept\b")
_EARLIER = re.compile(r"- ([\d,]+) earlier")
_LISTED = re.compile(r"- (create|modify|continue|rename|delete) (.+)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an unfinished file goes on, as the author was told.

    Attributes:
        path: The file.
        after: The last line that counts.
        lines: How many lines count; None: it was not said.
    """

    path: str
    after: str
    lines: int | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request, as an author reads it.

    Attributes:
        said: The texts of the assistant's turns, without empty ones and without the prefill.
        prefill: The beginning of the answer that is asked for; None: there is none.
        asked: The last text of the last user turn.
    """

    said: tuple[str, ...]
    prefill: str | None
    asked: str

    @classmethod
    def of(cls, request: Body) -> Conversation:
        """The conversation of a request."""
        turns = [(one["role"], _texts(one["content"])) for one in request["messages"]]
        prefill = None
        if turns[-1][0] == "assistant":
            prefill = "".join(turns.pop()[1])
        said = ["".join(texts) for role, texts in turns if role == "assistant"]
        asked = turns[-1][1]
        return cls(tuple(one for one in said if one), prefill, asked[-1] if asked else "")

    @property
    def round(self) -> int:
        """Which part of the answer is asked for, from 1, as far as the request shows."""
        before = len(self.said) + (self.prefill is not None)
        return max(before, self.started_elsewhere) + 1

    @property
    def started_elsewhere(self) -> bool:
        """Whether parts of the answer are kept that the conversation does not show."""
        return not self.said and self.prefill is None and bool(self.kept or self.place)

    @property
    def kept(self) -> tuple[tuple[str, str], ...]:
        """Kinds and paths of the operations that the author was told are kept, in their order."""
        listed = [line for part in self._parts(kept=True) for line in part[1:]]
        found = [_LISTED.fullmatch(line) for line in listed]
        return tuple((one[1], one[2]) for one in found if one)

    @property
    def kept_before(self) -> int:
        """How many more are kept, before those that are listed."""
        parts = [one for one in self._parts(kept=True) if not _FIRST_EDITS.search(one[0])]
        found = [_EARLIER.match(line) for part in parts for line in part]
        return sum(_number(one[1]) for one in found if one)

    @property
    def place(self) -> Place | None:
        """Where to go on: from the operation that was shown, its content left open."""
        for line in self.asked.split("\n"):
            operation = _json_object(line)
            if operation.get("type") == "continue" and "after" in operation:
                count = _FIRST_LINES.search(self.asked)
                lines = _number(count[1]) if count else None
                return Place(str(operation.get("path")), str(operation["after"]), lines)
        return None

    @property
    def edits_kept(self) -> tuple[str, int] | None:
        """The path of an unfinished modify, and how many of its edits count."""
        found = _FIRST_EDITS.search(self.asked)
        return (found[1], _number(found[2])) if found else None

    @property
    def cut_off(self) -> tuple[str, ...]:
        """The lines that say what was cut off, and is to be written from its beginning."""
        lines = [line for part in self._parts(kept=False) for line in part]
        return tuple(line for line in lines if "cut off in " in line.lower())

    def told_missing(self, path: str) -> bool:
        """Whether a list of what is to be written names a path."""
        word = re.compile(rf"(?<![\w./-]){re.escape(path)}(?![\w/-]|\.\w)")
        listed = (line for part in self._parts(kept=False) for line in part)
        return any(line.startswith("- ") and word.search(line) for line in listed)

    def _parts(self, *, kept: bool) -> Iterator[list[str]]:
        """The paragraphs of what was asked that say what is kept, or the others."""
        for part in self.asked.split("\n\n"):
            lines = part.split("\n")
            says = bool(_KEPT.search(lines[0])) and "not kept" not in lines[0].lower()
            if says == kept:
                yield lines


def first_text(request: Body) -> str:
    """What the first message of a request says: a key to choose an author by."""
    return "\n".join(_texts(request["messages"][0]["content"]))


def _texts(content: object) -> list[str]:
    return [str(one["text"]) for one in content_blocks(content) if one.get("type") == "text"]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def _json_object(line: str) -> dict[str, Any]:
    """The JSON object that a line is; empty when it is none."""
    try:
        found = json.loads(line) if line.startswith("{") else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
