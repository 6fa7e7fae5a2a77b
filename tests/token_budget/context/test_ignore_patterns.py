from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from token_budget.context.git_files import listed_by_git
from token_budget.context.ignore_patterns import parsed_patterns, verdict
from token_budget.context.walked_files import walked_files

NAMES = ["a", "b", "foo", "bar.py", "x.log", "[z]", "#h", "!e", "q\\", " sp", "tr ", "tr"]
PATTERNS = [
    *"*.log !x.log /a a/ b/* !b/foo **/foo foo/** !foo/bar.py * !*/ !*.py /*/bar.py **".split(),
    *"!**/ a/**/x.log b/**/ a/** [z] [!a] !a [ a[ foo* **foo f**o / // *** */ ! !/a/ a//b".split(),
    *(
        "#c",
        "\\#h",
        "\\!e",
        "\\[z\\]",
        "q\\\\",
        "tr\\ ",
        "tr ",
        " sp",
        "  ",
        "",
        "/!e",
        "b/#h",
        "!* \r",
    ),
]
LISTS = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=5)


def folders_of(inside):
    return st.dictionaries(st.sampled_from(NAMES), inside, min_size=1, max_size=3)


TREES = folders_of(folders_of(st.just("text") | folders_of(st.just("text"))))


def lay(folder, tree, lists):
    """Make files and folders, and where lists are left a list of patterns in each folder."""
    folder.mkdir()
    if lists:
        (folder / ".gitignore").write_bytes("\n".join(lists.pop()).encode())
    for name, inside in tree.items():
        if isinstance(inside, dict):
            lay(folder / name, inside, lists)
        else:
            (folder / name).touch()


@settings(max_examples=25, deadline=None)
@given(tree=TREES, lists=st.lists(LISTS, min_size=1, max_size=4))
def test_what_is_ignored_is_what_git_ignores(tree, lists):
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "workspace")
        lay(folder, tree, lists)
        walked = sorted(walked_files(folder, []))
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        listing = listed_by_git(folder)
        # A folder in which nothing is left is taken for one that is ignored as a whole.
        assert walked == sorted(listing.names if listing else [])


def ignored(text, path):
    is_folder = path.endswith("/")
    return verdict(parsed_patterns(text), path.rstrip("/").split("/"), is_folder=is_folder)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("*\n!*/\n!*.py\n", "a/", False),
        ("*\n!*/\n!*.py\n", "a/b.txt", True),
        ("*\n!*/\n!*.py\n", "a/b.py", False),
        ("foo/**\n!foo/kept\n", "foo/", None),
        ("foo/**\n!foo/kept\n", "foo/kept", False),
        ("/\n", "a", None),
        ("b/**/\n", "b/a", None),
        ("b/**/\n", "b/a/", True),
        ("\ufeff*.log\n", "a.log", True),
        ("*.log\r\n", "a.log", True),
        ("a\x0cb\n", "b", None),
        ("a/b\n", "x/a/b", None),
        ("**/a/b\n", "x/a/b", True),
        ("a/*.c\n", "a/b/x.c", None),
    ],
)
def test_a_pattern_means_one_file_or_folder(text, path, expected):
    assert ignored(text, path) is expected
