import pytest

from continuation.markdown_fences import Fence, closes, nests, opening_fence


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("```", Fence("```", "", 0)),
        ("  ~~~~  text `a` ", Fence("~~~~", "text `a`", 2)),
        ("```py\r", Fence("```", "py", 0)),
        ("    ```", None),
        ("``", None),
        ("```a```", None),
        ("x ```", None),
    ],
)
def test_opening_fences(line, expected):
    assert opening_fence(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("````", True), ("  ````` ", True), ("```", False), ("~~~~", False), ("````x", False)],
)
def test_a_closing_fence_is_bare_and_as_long(line, expected):
    assert closes(line, Fence("````", "md", 0)) is expected


def test_a_fence_nests_when_its_end_would_close_the_outer_one():
    assert nests("```sh", Fence("```", "md", 0))
    assert not nests("```sh", Fence("````", "md", 0))
    assert not nests("```", Fence("```", "md", 0))
