from __future__ import annotations

import pytest

from ndjson.fences import Fences
from ndjson.parser import parse

DELETE = '{"type":"delete","path":"a"}'
META = '{"type":"meta"}'
DONE = '{"type":"done"}'


def kinds(*lines):
    fences = Fences()
    return [fences.kind(line.encode(), number) for number, line in enumerate(lines, 1)]


def paths(answer):
    return [operation.path for operation in parse(answer).operations]


@pytest.mark.parametrize("tag", ["", "json", "ndjson", "jsonl", "jsonlines", " JSON", "json x=1"])
@pytest.mark.parametrize("mark", ["```", "````", "~~~", "  ```"])
def test_a_fence_for_json_or_without_a_tag_may_hold_operations(tag, mark):
    assert paths(f"Here:\n{mark}{tag}\n{DELETE}\n{DONE}\n{mark.strip()}\n") == ["a"]


@pytest.mark.parametrize("tag", ["python", "text", "json5", "{.json}", "diff"])
def test_a_fence_with_another_tag_quotes(tag):
    assert paths(f"Here:\n```{tag}\n{DELETE}\n```\n{DONE}\n") == []


def test_after_a_quote_operations_are_read_again():
    assert paths(f"Here:\n```python\nx\n```\n{DELETE}\n{DONE}") == ["a"]


def test_a_fence_that_opens_alone_or_closes_alone_makes_no_difference():
    assert paths(f"```json\n{DELETE}\n{DONE}") == ["a"]
    assert paths(f"{DELETE}\n{DONE}\n```") == ["a"]


def test_a_quote_without_end_is_the_rest_of_the_answer_and_noted():
    partial = parse(f"Here:\n```python\n{DELETE}\n{DONE}")
    assert partial.operations == ()
    assert ("unclosed fence", 2) in {(note.kind, note.line) for note in partial.notes}


def test_only_a_bare_fence_of_its_own_mark_and_length_ends_a_quote():
    inside = ["```", "~~~~", "````python", "x"]
    assert kinds("a", "````python", *inside, "`````")[1:] == ["fence", *["quoted"] * 4, "fence"]


def test_the_whole_answer_may_stand_in_a_fence_of_any_tag():
    assert paths(f"\n```javascript\n{META}\n{DELETE}\n{DONE}\n```") == ["a"]


@pytest.mark.parametrize("before", ["Here:\n", f"{META}\n", f"\n{META}\n"])
def test_but_only_when_nothing_stands_before_it(before):
    assert paths(f"{before}```javascript\n{META}\n{DELETE}\n```\n{DONE}") == []


def test_and_only_when_it_begins_with_meta():
    assert paths(f"```javascript\n{DELETE}\n{META}\n```\n{DONE}") == []


def test_code_in_a_line_is_no_fence():
    assert kinds("```x``` is code", "    ```python", "``") == [None, None, None]
