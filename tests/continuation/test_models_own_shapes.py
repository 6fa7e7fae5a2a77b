"""Answers in the shapes that models choose themselves, cut off anywhere: all files, exactly."""

from __future__ import annotations

import json
import re

import pytest

from continuation.machine import Continuation
from continuation.steps import Ask, Finished
from ndjson import Continue, Create, Done, encode
from tests.continuation.authors import FakeModel, request_of, text_response

FILES = {
    "src/a.py": 'import os\n\n\ndef greet(name: str) -> str:\n    return f"Hi, {name}\\n"\n',
    "web/b.ts": "export function f(a) {\n  return `${a}`;\n}\n",
    "docs/c.md": "# Title\n\nUse it:\n\n    pip install thing\n\nünïcode — 😀 \\u00e9 done.\n",
}
MODES = dict(zip(FILES, ("modify", "create", "create"), strict=True))
ENTRIES = [{"path": path, "content": text} for path, text in FILES.items()]
PLATFORM = [
    {"path": path, "mode": MODES[path], "new_content": text} for path, text in FILES.items()
]
REMARKED = [{"action": "create", **one, "description": "why", "language": "x"} for one in ENTRIES]

BEFORE = "I'll do this in three files. Here's the complete answer:\n\n"
AFTER = "\n\nThis adds the greeting. Let me know if you'd like tests."


def raw(document):
    """A document whose line breaks and tabs in strings are not escaped."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\n", r"\1\n", document)


def fenced(text, tag="json"):
    return f"```{tag}\n{text}\n```"


def blocks(heading):
    found = (
        f"{heading(n, path)}\n\n{fenced(FILES[path][:-1], '')}" for n, path in enumerate(FILES)
    )
    return BEFORE + "\n\n".join(found) + AFTER


WHOLE = json.dumps({"summary": "Greet", "files": PLATFORM}, indent=2, ensure_ascii=False)
SHAPES = {
    "whole files as the platform has them": WHOLE,
    "on one line": json.dumps({"summary": "Greet", "files": PLATFORM}),
    "in a fence": fenced(WHOLE),
    "in a fence, with prose": BEFORE + fenced(WHOLE) + AFTER,
    "in a bare fence, with prose": BEFORE + fenced(WHOLE, "") + AFTER,
    "with prose and no fence": BEFORE + WHOLE + AFTER,
    "files first, the rest last": json.dumps({"files": PLATFORM, "notes": ["a", "b"]}, indent=2),
    "paths and contents alone": json.dumps({"files": ENTRIES}, indent=2),
    "operations": json.dumps({"operations": [{"type": "create", **one} for one in ENTRIES]}),
    "changes with remarks": json.dumps({"plan": {"a": ["b"]}, "changes": REMARKED}, indent=4),
    "an array, with prose": BEFORE + fenced(json.dumps(ENTRIES, indent=2)) + AFTER,
    "a mapping of paths": json.dumps({"summary": "Greet", "files": FILES}, indent=2),
    "a mapping of paths, on one line, with prose": BEFORE + json.dumps({"files": FILES}) + AFTER,
    "paths alone, in a fence": fenced(json.dumps(FILES, indent=2)),
    "line breaks as they are": raw(json.dumps({"files": ENTRIES}, indent=2)),
    "line breaks as they are, on one line": raw(json.dumps({"files": PLATFORM, "notes": "a\nb"})),
    "line breaks as they are, in a fence": BEFORE + fenced(raw(WHOLE)) + AFTER,
    "line breaks as they are, in a mapping": fenced(raw(json.dumps(FILES))),
    "tags": "".join(f'<file path="{path}">\n{text}</file>\n' for path, text in FILES.items()),
    "tags in a fence, with prose": BEFORE
    + fenced(
        "<files>\n"
        + "".join(f"<file name='{path}'>\n{text}</file>\n\n" for path, text in FILES.items())
        + "</files>",
        "xml",
    )
    + AFTER,
    "fences below headings": blocks(lambda _, path: f"### `{path}`"),
    "fences below numbered lines": blocks(lambda n, path: f"{n + 1}. **`{path}`** - what it does:"),
    "fences below labels": blocks(lambda _, path: f"**New file:** `{path}`"),
}


def rest(answer):
    """What a model writes that does as it is asked."""
    kept = getattr(answer, "found", answer)
    file, done = kept.file, {one.path for one in kept.operations}
    if file is not None:
        content = file.operation.content
        after = content[:-1].rpartition("\n")[2]
        yield Continue(path=file.path, after=after, content=FILES[file.path][len(content) :])
        done.add(file.path)
    for path, text in FILES.items():
        if path not in done:
            yield Create(path=path, content=text, overwrite=MODES[path] == "modify")
    yield Done()


def check(answer):
    """Whatever is kept is what was meant."""
    kept = getattr(answer, "found", answer)
    assert all(one.content == FILES[one.path] for one in kept.operations)
    if kept.file is not None:
        assert FILES[kept.file.path].startswith(kept.file.part.text)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_file_of_a_whole_answer_is_found(shape):
    machine = Continuation(request_of(), "whole_file", FakeModel(), deliverables=list(FILES))
    step = machine.receive(text_response(SHAPES[shape]))
    assert isinstance(step, Finished)
    assert {one.path: one.content for one in step.answer.operations} == FILES


@pytest.mark.parametrize("shape", SHAPES)
def test_an_answer_is_finished_exactly_wherever_it_is_cut(shape):
    for cut in range(1, len(SHAPES[shape]), 5):
        machine = Continuation(request_of(), "whole_file", FakeModel(), deliverables=list(FILES))
        step = machine.receive(text_response(SHAPES[shape][:cut], "max_tokens"))
        while isinstance(step, Ask):
            check(machine.answer)
            step = machine.receive(text_response(encode(rest(machine.answer))))
        assert isinstance(step, Finished), (cut, step)
        assert {one.path: one.content for one in step.answer.operations} == FILES, cut
