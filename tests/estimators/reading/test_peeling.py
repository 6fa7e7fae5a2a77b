from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.reading.peeling import peeled, without_place


@pytest.mark.parametrize(
    ("word", "path"),
    [
        ("src/a.py", "src/a.py"),
        ("src/a.py.", "src/a.py"),
        ("src/a.py...", "src/a.py"),
        ("src/a.py,", "src/a.py"),
        ("(src/a.py)", "src/a.py"),
        ("(src/a.py", "src/a.py"),
        ("src/a.py).", "src/a.py"),
        ("[src/a.py]", "src/a.py"),
        ("<src/a.py>", "src/a.py"),
        ('"src/a.py', "src/a.py"),
        ("**src/a.py**:", "src/a.py"),
        ("**src/a.py:**", "src/a.py"),
        ("src/a.py's", "src/a.py"),
        ("src/a.py(new)", "src/a.py"),
        ("src/a.py[NEW]", "src/a.py"),
        ("src/a.py(new", "src/a.py"),
        ("((src/a.py))", "src/a.py"),
        ("app/(group)/page.tsx", "app/(group)/page.tsx"),
        ("(app/(group)/[id]/page.tsx)", "app/(group)/[id]/page.tsx"),
        ("(group)/page.tsx", "(group)/page.tsx"),
        ("pages/[...slug].tsx", "pages/[...slug].tsx"),
        ("app/[id]", "app/[id]"),
        ("src/{a,b}.py", "src/{a,b}.py"),
        ("**/*.py", "**/*.py"),
        ("src/**", "src/**"),
        ("src/..", "src/.."),
        ("..", ".."),
        ("__init__.py", "__init__.py"),
        ("+page.svelte", "+page.svelte"),
        ("@scope/pkg", "@scope/pkg"),
        ("...", "..."),
        (")]}", ""),
        ("", ""),
    ],
)
def test_only_what_surrounds_a_path_is_peeled(word, path):
    start, end = peeled(word)
    assert word[start:end] == path


@given(st.text(alphabet=st.sampled_from("a.(){}[]*'\"<>,:/py s"), max_size=30))
def test_the_span_lies_inside_the_word(word):
    start, end = peeled(word)
    assert 0 <= start <= end <= len(word)


@pytest.mark.parametrize(
    ("word", "path", "length"),
    [
        ("src/a.py", "src/a.py", 8),
        ("src/a.py:120", "src/a.py", 12),
        ("src/a.py:10-20", "src/a.py", 14),
        ("src/a.py:10:5", "src/a.py", 13),
        ("src/a.py#L10-L20", "src/a.py", 16),
        ("Makefile:12", "Makefile", 11),
        ("tests/test_a.py::test_f", "tests/test_a.py", 15),
        ("src/a.py:adds", "src/a.py", 8),
        ("docs/a.md#usage", "docs/a.md", 9),
        ("src/c#/a.cs", "src/c#/a.cs", 11),
        ("a:b/c.py", "a:b/c.py", 8),
        ("", "", 0),
    ],
)
def test_a_place_in_a_file_is_no_part_of_its_path(word, path, length):
    assert without_place(word) == (path, length)
