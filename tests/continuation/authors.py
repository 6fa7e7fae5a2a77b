"""Authors that know what they want to say, and a wire that cuts off what they say anywhere.

An author is told what is kept, as a model is by the request, and writes what comes next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from hypothesis import strategies as st

from continuation.machine import Continuation
from continuation.steps import Ask, Failed, Finished
from ndjson import Append, Continue, Create, Delete, Done, Meta, Modify, Rename, Replace, encode
from tests.ndjson.strategies import FIXTURE

ODD_TEXTS = ["", '"', "\\", "\\n", "\t", "é😀\u2028", "\r", "}]}", FIXTURE.split("\n", 1)[0]]
ROUNDS = 40


@dataclass(frozen=True)
class FakeModel:
    """What a model can do."""

    prefill: bool = False
    max_output: int = 128_000


def text_response(text, stop_reason="end_turn"):
    content = [{"type": "text", "text": text}] if text else []
    return {"content": content, "stop_reason": stop_reason}


def request_of(**more):
    messages = [{"role": "user", "content": "Write the files."}]
    return {"model": "m", "max_tokens": 1_000, "messages": messages, **more}


@st.composite
def contents(draw):
    """A file no two lines of which are the same, but for its blank ones."""
    lines = draw(st.lists(st.sampled_from(ODD_TEXTS), max_size=8))
    text = "".join(f"line number {n:04} {odd}\n" if odd else "\n" for n, odd in enumerate(lines))
    return text + draw(st.sampled_from(["", "no line end"]))


@st.composite
def targets(draw, kinds=("create", "create", "modify", "rename", "delete")):
    """Operations on one file each."""
    found = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5))):
        path = f"src/file_{number}.py"
        match kind:
            case "create":
                overwrite = draw(st.booleans())
                found.append(Create(path=path, overwrite=overwrite, content=draw(contents())))
            case "modify":
                count = draw(st.integers(1, 3))
                name = draw(st.sampled_from(["old", "the old text number"]))
                edits = [Replace(old=f"{name} {n}", new=f"new {n}\n") for n in range(count)]
                found.append(Modify(path=path, edits=(*edits, Append(content=draw(contents())))))
            case "rename":
                found.append(Rename(path=path, to=f"new/file_{number}.py"))
            case _:
                found.append(Delete(path=path))
    return tuple(found)


def as_ascii(operations):
    """With blanks after separators and every character outside of ASCII escaped."""
    return "".join(
        f"{json.dumps(json.loads(line))}\n" for line in encode(operations).split("\n")[:-1]
    )


def as_lines(operations):
    """With ``lines`` instead of ``content`` wherever that can say it."""
    found = []
    for line in encode(operations).split("\n")[:-1]:
        entry = json.loads(line)
        if entry["type"] in ("create", "continue") and entry["content"].endswith("\n"):
            entry["lines"] = entry.pop("content").removesuffix("\n").split("\n")
        found.append(json.dumps(entry, ensure_ascii=False) + "\n")
    return "".join(found)


ENCODINGS = [encode, as_ascii, as_lines]


def whole(target):
    """The answer as it is written without a break."""
    return [Meta(operations=len(target)), *target, Done(operations=len(target))]


def open_operation(target, answer):
    """The operation in which the answer was cut off, if a part of its file is kept."""
    return next((one for one in target if answer.file and one.path == answer.file.path), None)


def going_on(target, answer, earlier=0):
    """The continue of the open file, so many lines before its end; after it if negative."""
    content = open_operation(target, answer).content
    lines = content.split("\n")[:-1]
    kept = answer.file.operation.content.count("\n")
    begin = min(max(kept - earlier, 1), len(lines))
    rest = content[sum(len(line) + 1 for line in lines[:begin]) :]
    return Continue(path=answer.file.path, after=lines[begin - 1].removesuffix("\r"), content=rest)


def left_of(target, answer, *, one_edit_a_line=False):
    """What is not kept, but for the open file."""
    for one in target:
        if one in answer.kept or (answer.file and one.path == answer.file.path):
            continue
        known = [other for other in answer.kept if other.path == one.path]
        if isinstance(one, Create) and known:
            continue  # it was put together from parts: kept under another operation
        if isinstance(one, Modify):
            if answer.modify and answer.modify.path == one.path:
                known.append(answer.modify)
            edits = one.edits[sum(len(other.edits) for other in known) :]
            lines = [(edit,) for edit in edits] if one_edit_a_line else [edits] * bool(edits)
            yield from (Modify(path=one.path, edits=line) for line in lines)
        else:
            yield one


def rest(target, answer, earlier=0, **more):
    """What comes next, as it was asked for."""
    if not (answer.kept or answer.file or answer.modify):
        return whole(target)
    file = [going_on(target, answer, earlier)] if answer.file else []
    return [*file, *left_of(target, answer, **more), Done(operations=len(target))]


def rest_in_lines(target, answer):
    """The same, a modify as one edit a line: nobody asked for that, but it says the same."""
    return rest(target, answer, one_edit_a_line=True)


@dataclass
class Attempt:
    """One answer, round by round.

    Attributes:
        target: What the author wants to say.
        machine: What puts the parts together.
        encoding: How the author writes.
    """

    target: tuple
    encoding: object = encode
    settings: dict = field(default_factory=dict)
    steps: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def __post_init__(self):
        paths = [one.path for one in self.target]
        settings = {"deliverables": paths, "rounds": ROUNDS, **self.settings}
        self.machine = Continuation(request_of(), "ndjson", FakeModel(), **settings)
        self.requests.append(self.machine.request)

    @property
    def ended(self):
        return bool(self.steps) and isinstance(self.steps[-1], Finished | Failed)

    def say(self, text, cut=None, stop_reason="end_turn"):
        """One round; ``cut``: the wire breaks off after so many characters, if there are more."""
        if cut is not None and cut < len(text):
            text, stop_reason = text[:cut], "max_tokens"
        step = self.machine.receive(text_response(text, stop_reason))
        self.steps.append(step)
        if isinstance(step, Ask):
            self.requests.append(step.request)
        return step

    def write(self, author, cut=None):
        """One round of an author; a ceiling that was raised once cuts no more."""
        raised = any(isinstance(one, Ask) and one.strategy == "escalate" for one in self.steps)
        text = author(self.target, self.machine.answer)
        text = text if isinstance(text, str) else self.encoding(text)
        return self.say(text, None if raised else cut)

    def finish(self, author=rest):
        """As many rounds as it takes."""
        while not self.ended:
            self.write(author)
        return self.steps[-1]


def merged(operations):
    """With the modifies of each file as one, so that it does not matter where they were cut."""
    found = []
    for one in operations:
        last = found[-1] if found else None
        if isinstance(one, Modify) and isinstance(last, Modify) and last.path == one.path:
            found[-1] = Modify(path=one.path, edits=(*last.edits, *one.edits))
        else:
            found.append(one)
    return tuple(found)
