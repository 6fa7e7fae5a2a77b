import pytest

from continuation.file_paths import path_of_block


@pytest.mark.parametrize(
    "info",
    [
        "python src/a.py",
        "src/a.py",
        "python:src/a.py",
        'python title="src/a.py"',
        "python {file='src/a.py'}",
        "python filename=src/a.py",
    ],
)
def test_the_info_string_names_the_file(info):
    assert path_of_block(info, "other.py", "# third.py") == "src/a.py"


@pytest.mark.parametrize(
    "before",
    [
        "src/a.py",
        "`src/a.py`",
        "**src/a.py**",
        "**`src/a.py`**:",
        "### `src/a.py`",
        "File: src/a.py",
        "**File:** `src/a.py`",
        "1. `src/a.py` (new)",
        "- src/a.py:",
        "### File 1: `src/a.py`",
        "### New file: src/a.py",
        "### src/a.py — what it does",
        "2. **`src/a.py`** - the entry point:",
        "**3. `src/a.py`**",
    ],
)
def test_the_line_before_names_the_file(before):
    assert path_of_block("python", before, "# third.py") == "src/a.py"


@pytest.mark.parametrize(
    "first",
    ["# src/a.py", "// src/a.py", "/* src/a.py */", "<!-- src/a.py -->", "-- File: src/a.py"],
)
def test_a_comment_in_the_first_line_names_the_file(first):
    assert path_of_block("python", "Run it:", first) == "src/a.py"


@pytest.mark.parametrize(
    ("info", "before", "first"),
    [
        ("python", "Now update src/a.py so that it works:", ""),
        ("python3", "", "# see https://example.org/a.py"),
        ("asp.net", "### Summary", "#!/usr/bin/env python"),
        ("bash", "Version 3.11", "# a comment on src/a.py"),
        ("diff --stat", "", ""),
        ("", "", ""),
        ("python", "`src/a.py` (lines 1-20):", ""),
        ("python", "**src/a.py** (before)", ""),
        ("python", "### `src/a.py` - the part that matters", ""),
        ("python", "### `src/a.py` - replaces `src/b.py`", ""),
        ("python", "[src/a.py](src/a.py)", ""),
    ],
)
def test_a_path_is_never_guessed(info, before, first):
    assert path_of_block(info, before, first) is None


def test_a_path_in_code_marks_may_have_blanks():
    assert path_of_block("", "`my dir/a b.py`", "") == "my dir/a b.py"
    assert path_of_block("", "Makefile", "") == "Makefile"
