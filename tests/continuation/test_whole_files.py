import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from continuation.whole_files import read_whole_files
from ndjson import Create

LINE = st.sampled_from(["x = 1", "", "    return", "ä\u2028b", "`` `", "# T", "```", "``` ", "~~~"])
CONTENTS = st.lists(
    st.lists(LINE, max_size=8).map(lambda lines: "".join(f"{one}\n" for one in lines)),
    min_size=1,
    max_size=4,
)


def answer(contents):
    text = "I write the files.\n"
    for number, content in enumerate(contents):
        text += f"\n### `src/f{number}.md`\n\n````md\n{content}````\n"
    return f"{text}\nDone.\n"


def created(number, content):
    return Create(path=f"src/f{number}.md", content=content, overwrite=True)


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.randoms())
def test_of_an_answer_cut_anywhere_the_whole_files_are_kept(contents, rng):
    text = answer(contents)
    expected = tuple(created(number, content) for number, content in enumerate(contents))
    assert read_whole_files(text, cut=False).operations == expected
    for cut in rng.sample(range(len(text) + 1), min(40, len(text))):
        found = read_whole_files(text[:cut], cut=True)
        assert found.operations == expected[: len(found.operations)]
        if found.unfinished:
            part, content = found.unfinished, contents[len(found.operations)]
            kept = part.operation.content
            assert not kept or kept.endswith("\n")
            assert content.startswith(kept + part.fragment)


@settings(max_examples=40, deadline=None)
@given(CONTENTS, st.randoms())
def test_one_json_document_cut_anywhere(contents, rng):
    files = [
        {"path": f"f{number}", "mode": "create", "content": content}
        for number, content in enumerate(contents)
    ]
    text = json.dumps({"files": files})
    cut = rng.randint(0, len(text))
    found = read_whole_files(text[:cut], cut=True)
    assert [one.content for one in found.operations] == contents[: len(found.operations)]
    if found.unfinished:
        content = contents[len(found.operations)]
        part = found.unfinished
        assert content.startswith(part.operation.content + part.fragment)


def test_a_json_file_in_a_block_with_a_path_is_a_file():
    found = read_whole_files('```json package.json\n{"files": []}\n```\n', cut=False)
    assert found.operations == (
        Create(path="package.json", content='{"files": []}\n', overwrite=True),
    )


def test_a_json_document_may_stand_in_a_fence():
    found = read_whole_files('```json\n{"files":[{"path":"a","content":"b"}]}\n```\n', cut=False)
    assert found.operations == (Create(path="a", content="b"),)


def test_a_block_without_a_path_is_reported():
    found = read_whole_files("Run:\n\n```sh\nnpm ci\n```\n", cut=False)
    assert found.operations == ()
    assert found.reports == ("line 3: a block without a path, passed over",)


def test_an_open_block_is_unfinished_though_the_answer_ended():
    found = read_whole_files("```py a.py\nx\ny", cut=False)
    assert found.operations == ()
    assert found.unfinished.operation.content == "x\ny\n"


@pytest.mark.parametrize("fragment", ["`", "``", "```", "  ```", "````"])
def test_a_fence_that_may_go_on_closes_nothing_and_is_no_evidence(fragment):
    found = read_whole_files(f"```py a.py\nx\n{fragment}", cut=True)
    assert found.operations == ()
    assert (found.unfinished.operation.content, found.unfinished.fragment) == ("x\n", "")


def test_fences_that_cannot_be_told_apart_are_rejected():
    text = "```md a.md\n# T\n```sh\nls\n```\nend\n```\n\n```py b.py\nx\n```\n"
    found = read_whole_files(text, cut=False)
    assert [one.path for one in found.operations] == ["b.py"]
    assert found.rejected[0].startswith("a.md: a fence within one")


def test_a_file_that_is_there_twice_is_rejected_unless_it_is_the_same():
    one, other = "```py a.py\nx\n```\n", "```py a.py\ny\n```\n"
    assert len(read_whole_files(one + one, cut=False).operations) == 1
    found = read_whole_files(one + other, cut=False)
    assert found.operations == ()
    assert found.rejected == ("a.py: there twice, with different contents",)


def test_indents_and_carriage_returns_of_a_block_are_taken_off():
    found = read_whole_files("  ```py a.py\r\n  x\r\n    y\r\n  ```\r\n", cut=False)
    assert found.operations[0].content == "x\n  y\n"


def test_prose_that_begins_with_a_bracket_is_no_document():
    found = read_whole_files("[Note] The file:\n\n```py a.py\nx\n```\n", cut=False)
    assert [one.path for one in found.operations] == ["a.py"]


def test_of_a_json_entry_without_a_known_mode_nothing_is_kept():
    found = read_whole_files('{"files":[{"path":"b","mode":"?","content":"q\\nz', cut=True)
    assert (found.operations, found.unfinished) == ((), None)
    assert found.reports[-1] == "line 1: a file: nothing is kept of it"


@pytest.mark.parametrize("prose", ["Here it is:\n\n", "", "[1] Done:\n"])
@pytest.mark.parametrize("fence", ["", "```json\n", "```\n"])
def test_a_json_document_may_have_prose_round_it(prose, fence):
    document = json.dumps({"files": [{"path": "a", "content": "b\n"}]}, indent=2)
    text = f"{prose}{fence}{document}\n{fence[:3]}\nThat is all.\n"
    assert read_whole_files(text, cut=False).operations == (Create(path="a", content="b\n"),)


def test_a_json_document_beside_blocks_with_paths_is_none():
    text = '```py a.py\nx\n```\n\nSent:\n\n```json\n{"files":[{"path":"b","content":"c"}]}\n```\n'
    assert [one.path for one in read_whole_files(text, cut=False).operations] == ["a.py"]
