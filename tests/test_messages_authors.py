from __future__ import annotations

import difflib
import json
from itertools import pairwise

import jiter
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.messages_api.behaviours import HANDFUL, LINES, MISCOUNTED_BY
from benchmarks.messages_api.continuing import CHANGED
from benchmarks.messages_api.conversation import Conversation
from benchmarks.messages_api.diff_hunks import hunks
from benchmarks.messages_api.target import content_of, operation_line
from tests.messages_authors import (
    AUTHORS,
    ONCE,
    Behaving,
    ChosenByText,
    Raw,
    Scripted,
    Target,
    Thinking,
    Written,
)

PHASE = "Write the files of this phase."
GO_ON = "Your answer was cut off. Go on in the same format."


def create(path, content):
    return {"type": "create", "path": path, "content": content}


BODY = "".join(f"    value_{number} = {number}\n" for number in range(20))
EDITS = [
    {"type": "replace", "old": "a", "new": "b"},
    {"type": "append", "content": "c\n"},
    {"type": "delete_text", "old": "d"},
]
OPERATIONS = [
    create("src/a.py", f"def a():\n{BODY}"),
    {"type": "modify", "path": "src/b.py", "edits": EDITS},
    {"type": "rename", "path": "src/c.py", "to": "src/d.py"},
    {"type": "delete", "path": "src/e.py"},
    create("src/f.py", f"def f():\n{BODY}"),
]
NDJSON = Target.ndjson(OPERATIONS)


def request(*turns, prefill=None):
    """A request: the phase, and for each of the turns a request to go on."""
    messages = [{"role": "user", "content": PHASE}]
    for turn in turns:
        said, asked = turn if isinstance(turn, tuple) else (turn, GO_ON)
        messages.append({"role": "assistant", "content": [{"type": "text", "text": said}]})
        messages.append({"role": "user", "content": [{"type": "text", "text": asked}]})
    if prefill is not None:
        messages.append({"role": "assistant", "content": prefill})
    return {"messages": messages}


def written(name, target, *turns, prefill=None):
    return AUTHORS[name](target).write(request(*turns, prefill=prefill))


def lines_of(text):
    return [json.loads(line) for line in text.split("\n") if line.startswith("{")]


def cut_after(target, passage):
    """The beginning of a target's answer up to a passage."""
    whole = target.whole()
    return whole[: whole.index(passage) + len(passage)]


# What is written in parts, put together by a reader of its own


def cut_operation(line):
    """What is left of an operation; of its ``lines``, those that were closed."""
    found = jiter.from_json(line.encode(), partial_mode="trailing-strings")
    if "lines" in found:
        try:
            found["lines"] = json.loads(line.rstrip("],") + "]}")["lines"]
        except ValueError:
            found["lines"] = found["lines"][:-1]
    return found


class Reader:
    """Puts NDJSON together that was written in parts; unlike a library, it trusts its author."""

    def __init__(self):
        self.files, self.edits, self.others, self.done = {}, {}, [], 0

    def read(self, turn):
        lines = turn.split("\n")
        for number, line in enumerate(lines):
            if not line.startswith("{"):
                continue
            try:
                self.whole(json.loads(line))
            except ValueError:
                assert number == len(lines) - 1
                self.cut(cut_operation(line))

    def whole(self, operation):
        kind, path = operation["type"], operation.get("path")
        match kind:
            case "create":
                self.files[path] = content_of(operation)
            case "continue":
                self.join(operation)
                self.files[path] += operation["content"]
            case "modify":
                self.edits.setdefault(path, []).extend(operation["edits"])
            case "done":
                self.done += 1
            case "rename" | "delete":
                self.others.append(operation)

    def join(self, operation):
        kept = self.files[operation["path"]]
        assert kept.endswith("\n")
        assert kept.split("\n")[-2].removesuffix("\r") == operation["after"]

    def cut(self, operation):
        kind = operation.get("type")
        if kind not in ("create", "continue"):
            return
        content = content_of(operation)
        content = content[: content.rfind("\n") + 1]
        if kind == "continue":
            if not content:
                return
            self.join(operation)
            content = self.files[operation["path"]] + content
        if content:
            self.files[operation["path"]] = content

    def assert_whole(self, operations):
        creates = {o["path"]: content_of(o) for o in operations if o["type"] == "create"}
        modifies = {o["path"]: o["edits"] for o in operations if o["type"] == "modify"}
        others = [o for o in operations if o["type"] in ("rename", "delete")]
        assert (self.files, self.edits, self.others) == (creates, modifies, others)
        assert self.done == 1


ODD = [
    "a\n",
    "    b = 1\n",
    "\n",
    "\r\n",
    '"',
    "\\",
    "\\n",
    "é",
    "😀",
    "\u2028",
    "\x0c",
    "\x00",
    "{",
]
contents = st.lists(st.sampled_from(ODD), max_size=12).map("".join)
edit_lists = st.lists(
    st.builds(lambda old, new: {"type": "replace", "old": old, "new": new}, contents, contents),
    min_size=1,
    max_size=4,
)


def operation(number, kind, content, edits):
    path = f"src/{number}.py"
    match kind:
        case "create":
            return create(path, content)
        case "lines":
            return {"type": "create", "path": path, "lines": content.split("\n")}
        case "modify":
            return {"type": "modify", "path": path, "edits": edits}
        case "rename":
            return {"type": "rename", "path": path, "to": f"{path}x"}
        case _:
            return {"type": "delete", "path": path}


kinds = st.sampled_from(["create", "create", "lines", "modify", "rename", "delete"])
targets = st.lists(st.tuples(kinds, contents, edit_lists), max_size=5).map(
    lambda rows: [operation(number, *row) for number, row in enumerate(rows)]
)


@settings(max_examples=200, deadline=None)
@given(targets, st.lists(st.integers(0, 400), max_size=4))
def test_an_ndjson_answer_is_whole_however_often_it_is_cut(operations, cuts):
    target, turns, reader = Target.ndjson(operations), [], Reader()
    for cut in cuts:
        turn = written("faithful", target, *turns).text[:cut]
        if turn:
            turns.append(turn)
    if not turns or reader.done == 0:
        turns.append(written("faithful", target, *turns).text)
    for turn in turns:
        reader.read(turn)
    reader.done = min(reader.done, 1)
    reader.assert_whole(operations)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(contents, min_size=1, max_size=4), st.integers(0), st.sampled_from(["fences", "json"])
)
def test_whole_files_go_on_as_ndjson_from_any_cut(files, cut, shape):
    operations = [create(f"src/{number}.py", f"{text}\n") for number, text in enumerate(files)]
    target = Target.whole_files(operations, shape)
    whole = target.whole()
    turn = whole[: 1 + cut % len(whole)]
    reader = Reader()
    rest = written("faithful", target, turn).text
    for one in lines_of(rest):
        if one["type"] == "continue":
            content = next(o["content"] for o in operations if o["path"] == one["path"])
            assert content.endswith(one["content"])
            reader.files[one["path"]] = content.removesuffix(one["content"]) or content
        reader.whole(one)
    closed = {o["path"]: o["content"] for o in operations if o["path"] not in reader.files}
    assert all(path in turn for path in closed)
    reader.files |= closed
    reader.assert_whole(operations)


FILE_LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "    c\n", "--- d\n", "@@ e\n", "\n"]), max_size=30
)


def diff_of(files):
    """A unified diff of several files, as difflib makes it."""
    made = []
    for number, (before, after) in enumerate(files):
        names = (f"a/src/{number}.py", f"b/src/{number}.py")
        made += difflib.unified_diff(before, after, *names, n=1)
    return "".join(made)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(FILE_LINES, FILE_LINES), min_size=1, max_size=3), st.integers(0))
def test_a_diff_goes_on_at_the_hunk_that_was_cut(files, cut):
    text = diff_of(files)
    found = list(hunks(text))
    assert "".join(one.text for one in found) == text
    cut = 1 + cut % max(len(text), 1)
    ends = [len("".join(one.text for one in found[: n + 1])) for n in range(len(found))]
    whole = sum(end <= cut for end in ends)
    rest = written("faithful", Target.diff(text), text[:cut]).text if text else ""
    left = found[whole:]
    assert rest == "".join(one.text if n else one.resumed for n, one in enumerate(left))


@settings(max_examples=100, deadline=None)
@given(st.text(min_size=1, max_size=300), st.lists(st.integers(1, 100), max_size=4))
def test_plain_text_goes_on_with_the_next_character(text, cuts):
    target, turns = Target.plain(text), []
    for cut in cuts:
        turn = written("faithful", target, *turns).text[:cut]
        if turn:
            turns.append(turn)
    assert "".join([*turns, written("faithful", target, *turns).text]) == text


@settings(max_examples=100, deadline=None)
@given(targets, st.integers(0))
def test_after_a_prefill_every_format_goes_on_from_exactly_there(operations, cut):
    whole = Target.ndjson(operations).whole()
    prefill = whole[: 1 + cut % len(whole)].rstrip()
    if prefill:
        rest = written("faithful", Target.ndjson(operations), prefill=prefill).text
        assert prefill + rest == whole


# What a faithful author does


def test_the_first_round_is_the_whole_answer():
    first, *operations, last = lines_of(written("faithful", NDJSON).text)
    assert (first["type"], first["operations"]) == ("meta", len(OPERATIONS))
    assert operations == OPERATIONS
    assert last == {"type": "done", "operations": len(OPERATIONS)}


def test_a_target_may_be_given_as_ndjson():
    assert Target.ndjson(NDJSON.whole()) == NDJSON


def test_an_unfinished_file_goes_on_after_its_last_whole_line():
    turn = cut_after(NDJSON, "value_7 = 7\\n    val")
    first, second, *_ = lines_of(written("faithful", NDJSON, turn).text)
    assert first["after"] == "    value_7 = 7"
    assert first["content"].startswith("    value_8 = 8\n")
    assert second == OPERATIONS[1]


def test_a_file_without_a_whole_line_is_created_again():
    turn = cut_after(NDJSON, '"path":"src/a.py","content":"def a')
    assert lines_of(written("faithful", NDJSON, turn).text)[0] == OPERATIONS[0]


def test_an_unfinished_modify_comes_again_from_its_beginning():
    turn = cut_after(NDJSON, '"path":"src/b.py","edits":[{"type":"repl')
    assert lines_of(written("faithful", NDJSON, turn).text)[0] == OPERATIONS[1]


@pytest.mark.parametrize(
    ("name", "begin"), [("faithful", 1), ("repeats lines", 0), ("skips lines", 2)]
)
def test_an_unfinished_modify_goes_on_with_the_edit_after_those_that_are_kept(name, begin):
    turn = cut_after(NDJSON, '"path":"src/b.py","edits":[{"type":"repl')
    told = "Of the modify of src/b.py the first 1 edits are kept:\n- replace 'x'"
    first, *_ = lines_of(written(name, NDJSON, (turn, told)).text)
    assert first == {**OPERATIONS[1], "edits": EDITS[begin:]}


def test_edits_that_were_written_are_not_written_again():
    turn = cut_after(NDJSON, '"path":"src/b.py","edits":[{"type":"repl')
    told = "Of the modify of src/b.py the first 1 edits are kept:\n- replace 'x'"
    second = written("faithful", NDJSON, (turn, told)).text.partition("\n")[0] + "\n"
    found = lines_of(written("faithful", NDJSON, (turn, told), second).text)
    assert found[0] == OPERATIONS[2]


def test_the_author_goes_on_where_it_is_told_to():
    turn = cut_after(NDJSON, "value_7 = 7\\n    val")
    told = 'It is kept up to here:\n{"type":"continue","path":"src/a.py","after":"    value_5 = 5"}'
    first, *_ = lines_of(written("faithful", NDJSON, (turn, told)).text)
    assert first["after"] == "    value_5 = 5"
    assert first["content"].startswith("    value_6 = 6\n")


def test_a_named_file_that_is_missing_is_written_again():
    turn = NDJSON.whole()
    told = "Still to be written:\n- src/f.py\n\nKept are 4 operations:\n- create src/a.py"
    found = lines_of(written("faithful", NDJSON, (turn, told)).text)
    assert found == [OPERATIONS[4], {"type": "done", "operations": 5}]


def test_when_nothing_is_missing_only_done_is_written():
    turn = NDJSON.whole()
    assert [one["type"] for one in lines_of(written("faithful", NDJSON, turn).text)] == ["done"]


def test_a_smaller_prompt_without_the_turns_says_what_is_kept():
    asked = (
        "Complete and kept are 3 operations:\n- 1 earlier ones\n- modify src/b.py\n"
        "- rename src/c.py\n\n"
        "Of src/f.py the first 3 lines are kept; the last of them are:\n    value_1 = 1\n"
        '{"type":"continue","path":"src/f.py","after":"    value_1 = 1","content":"..."}'
    )
    body = {"messages": [{"role": "user", "content": [{"type": "text", "text": asked}]}]}
    first, *others = lines_of(Behaving(NDJSON).write(body).text)
    assert (first["type"], first["after"]) == ("continue", "    value_1 = 1")
    assert others == [OPERATIONS[3], {"type": "done", "operations": 5}]


def test_a_diff_goes_on_with_the_hunk_that_is_named():
    text = diff_of([(["a\n"], ["b\n"]), (["c\n"], ["d\n"])])
    found = list(hunks(text))
    told = (
        "Kept are:\n- src/0.py @@ -1,1 +1,1 @@\n\nCut off in src/0.py @@ -1 +1 @@: begin with it."
    )
    assert written("faithful", Target.diff(text), (found[0].text, told)).text == text
    assert written("faithful", Target.diff(text), found[0].text).text == found[1].text


def test_the_next_hunk_number_may_start_afresh():
    before = [f"{number}\n" for number in range(40)]
    after = ["new\n", *before[:30], "changed\n", *before[31:]]
    text = diff_of([(before, after)])
    turn = text[: text.index("changed")]
    headers = [
        next(line for line in written("faithful", target, turn).text.split("\n") if "@@" in line)
        for target in (Target.diff(text), Target.diff(text, renumbers=True))
    ]
    assert headers == ["@@ -30,3 +31,3 @@", "@@ -30,3 +30,3 @@"]


def test_plain_text_may_repeat_its_last_characters():
    target = Target.plain("one two three four", repeated_characters=4)
    assert written("faithful", target, "one two ").text == "two three four"


def test_files_with_fences_inside_stand_in_a_longer_fence():
    target = Target.whole_files([create("a.md", "```\nx\n```\n")])
    assert target.whole() == "a.md\n````md\n```\nx\n```\n````\n\n"


def test_whole_files_are_creates_only():
    with pytest.raises(ValueError, match="found a modify"):
        Target.whole_files(OPERATIONS)


# How the others misbehave

CUT = cut_after(NDJSON, "value_7 = 7\\n    val")


def misbehaved(name, turn=CUT):
    return lines_of(written(name, NDJSON, turn).text)


@pytest.mark.parametrize("name", sorted(AUTHORS))
@pytest.mark.parametrize(
    "target",
    [
        NDJSON,
        Target.whole_files([OPERATIONS[0], OPERATIONS[4]]),
        Target.whole_files([OPERATIONS[0], OPERATIONS[4]], "json"),
        Target.diff(diff_of([(["a\n"], ["b\n", *BODY.splitlines(keepends=True)])] * 2)),
        Target.plain(BODY),
    ],
    ids=["ndjson", "fences", "json", "diff", "text"],
)
def test_every_author_writes_every_format_from_every_cut(name, target):
    whole = target.whole()
    for cut in (1, len(whole) // 4, len(whole) // 2, len(whole) - 1, len(whole)):
        assert isinstance(written(name, target, whole[:cut]), Written)
        assert isinstance(written(name, target, whole[:cut], whole[cut : cut + 9] or "x"), Written)
    assert isinstance(written(name, target, prefill=whole[: len(whole) // 2].rstrip()), Written)


@pytest.mark.parametrize("name", sorted(set(AUTHORS) - {"faithful", "raw"}))
def test_misbehaviour_shows(name):
    turns = [[], [cut_after(NDJSON, "def f():\\n    value_0 = 0\\n    val")]]
    faithful = [written("faithful", NDJSON, *one) for one in turns]
    assert [written(name, NDJSON, *one) for one in turns] != faithful


def test_lines_are_repeated_openly():
    first, *_ = misbehaved("repeats lines")
    assert first["after"] == f"    value_{7 - LINES} = {7 - LINES}"
    assert first["content"].startswith(f"    value_{8 - LINES} =")


def test_lines_are_repeated_in_secret():
    first, *_ = misbehaved("repeats lines and lies")
    assert first["after"] == "    value_7 = 7"
    assert first["content"].startswith(f"    value_{8 - LINES} =")


def test_lines_are_skipped_openly():
    first, *_ = misbehaved("skips lines")
    assert first["after"] == f"    value_{7 + LINES} = {7 + LINES}"
    assert first["content"].startswith(f"    value_{8 + LINES} =")


def test_lines_are_skipped_in_secret():
    first, *_ = misbehaved("skips lines and lies")
    assert first["after"] == "    value_7 = 7"
    assert first["content"].startswith(f"    value_{8 + LINES} =")


def test_operations_are_repeated():
    turn = cut_after(NDJSON, '"path":"src/f.py","content":"def f():\\n')
    assert misbehaved("repeats operations", turn)[:2] == OPERATIONS[2:4]


def test_an_author_restarts():
    assert written("restarts", NDJSON, CUT).text == NDJSON.whole()


def test_an_author_restarts_with_changes():
    found = misbehaved("restarts with changes")
    assert found[1]["content"] == f"{CHANGED}\n{OPERATIONS[0]['content']}"
    assert found[2] == OPERATIONS[1]


def test_prose_and_fences_surround_what_is_right():
    rest = written("faithful", NDJSON, CUT).text
    assert written("prefaces", NDJSON, CUT).text.endswith(rest)
    assert written("fences", NDJSON, CUT).text == f"```json\n{rest}\n```\n"


def test_white_space_changes_in_the_unfinished_file_only():
    faithful, changed = misbehaved("faithful"), misbehaved("tabs for spaces")
    assert changed[0]["content"] == faithful[0]["content"].replace("    ", "\t")
    assert changed[1:] == faithful[1:]


def test_an_answer_stops_early_with_and_without_saying_that_it_is_done():
    assert [one["type"] for one in lines_of(written("stops early", NDJSON).text)][-1] == "delete"
    found = lines_of(written("says done early", NDJSON).text)
    assert found[1:-1] == OPERATIONS[:-1]
    assert found[-1] == {"type": "done", "operations": len(OPERATIONS)}


def test_operations_are_miscounted():
    first, *_, last = lines_of(written("miscounts", NDJSON).text)
    assert first["operations"] == last["operations"] == len(OPERATIONS) + MISCOUNTED_BY


def test_answers_that_are_none():
    assert written("returns nothing", NDJSON, CUT) == Written()
    assert written("is cut at once", NDJSON, CUT).most_tokens == HANDFUL
    assert written("is cut before a word", NDJSON, CUT).most_tokens == 0
    assert not misbehaved("apologises")
    assert not misbehaved("answers something else")


def test_an_author_may_misbehave_once():
    author = AUTHORS[f"is cut at once{ONCE}"](NDJSON)
    found = [author.write(request(*turns)) for turns in ([], [CUT], [CUT])]
    assert [one.most_tokens for one in found] == [None, HANDFUL, None]
    assert found[2] == written("faithful", NDJSON, CUT)


def test_hunks_are_repeated_and_skipped():
    text = diff_of([(["a\n"], ["b\n"]), (["c\n"], ["d\n"]), (["e\n"], ["f\n"])])
    target, found = Target.diff(text), list(hunks(text))
    turn = text[: text.index("+d")]
    assert written("repeats lines", target, turn).text == text
    assert written("skips lines", target, turn).text == found[2].text
    lines = "".join(found[1].lines[1:])
    assert written("repeats lines and lies", target, turn).text.count(lines) == 2
    between = text[: text.index("--- a/src/1.py")]
    assert written("repeats lines and lies", target, between).text == text


def test_a_raw_author_writes_the_next_character_whatever_it_is_asked():
    assert CUT + Raw(NDJSON).write(request(CUT)).text == NDJSON.whole()


# Around an author


def test_thinking_follows_the_effort():
    author = Thinking(Behaving(NDJSON), 1_000, later=10)
    assert author.write(request()).thinking_tokens == 1_000
    assert author.write({**request(), "output_config": {"effort": "low"}}).thinking_tokens == 250
    assert author.write(request(CUT)).thinking_tokens == 10


def test_a_script_ends_with_its_last_answer():
    author = Scripted((Written("a"), Written("b")))
    assert [author.write({}).text for _ in range(3)] == ["a", "b", "b"]


def test_an_author_is_chosen_by_the_first_message():
    one, other = Scripted((Written("1"),)), Scripted((Written("2"),))
    choose = ChosenByText({"phase one": one, "phase two": other})
    body = {"messages": [{"role": "user", "content": "This is phase two."}]}
    assert choose(body) is other
    with pytest.raises(LookupError, match="0 authors"):
        choose({"messages": [{"role": "user", "content": "nothing"}]})


def test_a_conversation_tells_its_rounds():
    rounds = [Conversation.of(request(*turns)).round for turns in ([], ["a"], ["a", "b"])]
    assert rounds == [1, 2, 3]
    assert all(later - earlier == 1 for earlier, later in pairwise(rounds))


def test_lines_are_compact_json():
    assert operation_line({"type": "done", "operations": 1}) == '{"type":"done","operations":1}\n'
