from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.reading.mentions import find_mentions


def certain(text, workspace=None):
    return [one.path for one in find_mentions(text, workspace) if one.certain]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("src/a.py", ["src/a.py"]),
        ("Update `src/a.py`, then 'src/b.py'.", ["src/a.py", "src/b.py"]),
        ('the "src/my file.py" file', ["src/my file.py"]),
        ("“src/my file.py” and «src/b.py»", ["src/my file.py", "src/b.py"]),
        ("``src/a`b.py`` (new)", ["src/a`b.py"]),
        ("see [src/a.py](https://example.com/a.py)", ["src/a.py"]),
        ("src/a.py->src/b.py", ["src/a.py", "src/b.py"]),
        ("src/a.py→src/b.py", ["src/a.py", "src/b.py"]),
        ("src/a.py,src/b.py", ["src/a.py", "src/b.py"]),
        ("src/a.py;src/b.py|src/c.py", ["src/a.py", "src/b.py", "src/c.py"]),
        ("src/a,b.py", ["src/a,b.py"]),
        ("New:src/a.py", ["src/a.py"]),
        ("src/a.py:120 and src/b.py#L3", ["src/a.py", "src/b.py"]),
        ("src/my\\ file.py", ["src/my file.py"]),
        ("Run `pytest tests/test_a.py`", ["tests/test_a.py"]),
        ('"update src/a.py"', ["src/a.py"]),
        ("`parse_spec` in `src/a.py`", ["src/a.py"]),
        ("don't touch the users' file src/a.py", ["src/a.py"]),
        ("src/a.py（新）、src/b.py。", ["src/a.py", "src/b.py"]),
        ("Node.js 3.11, e.g. v2.0 (CI/CD), https://example.com/a.py", []),
        ("", []),
    ],
)
def test_paths_are_found_in_running_text(text, found):
    assert certain(text) == found


def test_a_span_covers_quotes_and_line_numbers():
    text = "fix `src/a.py:12` here"
    (mention,) = find_mentions(text)
    assert text[mention.start : mention.end] == "`src/a.py:12`"


def test_alternatives_in_prose_are_uncertain():
    assert [one.certain for one in find_mentions("Improve client/server communication")] == [False]


def test_a_whole_text_in_backticks_is_a_path_however_it_is_spelled():
    assert certain("`some odd name`") == ["some odd name"]


def test_a_link_in_backticks_is_no_path():
    assert find_mentions("`https://example.com/a.py`") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("src/my file.py", ["src/my file.py"]),
        ("Update src/my file.py: adds x", ["src/my file.py"]),
        ("(src/my file.py)", ["src/my file.py"]),
        ("src/my file.py and src/b.py", ["src/my file.py", "src/b.py"]),
        ("my docs/a b c.md, src/b.py", ["my docs/a b c.md", "src/b.py"]),
        ("run", ["run"]),
        ("run the tests", []),
        ("src - old (1).py", ["src - old (1).py"]),
        ("data/table is new", ["data/table"]),
        ("docs", ["docs"]),
    ],
)
def test_the_workspace_decides_where_spelling_cannot(text, found, workspace_of):
    files = ("src/my file.py", "src/b.py", "my docs/a b c.md", "run", "src - old (1).py")
    workspace = workspace_of(*files, "data/table", "docs/x.md")
    assert certain(text, workspace) == found


@given(st.text(alphabet=st.sampled_from("ab/.py `'\"()[],:->\n*\\"), max_size=60))
def test_mentions_are_in_order_and_do_not_overlap(text):
    end = 0
    for mention in find_mentions(text):
        assert end <= mention.start < mention.end <= len(text)
        assert mention.path
        end = mention.end
