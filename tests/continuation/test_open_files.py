from __future__ import annotations

import pytest

from continuation.errors import SeamMismatch
from continuation.open_files import OpenFile, completed
from ndjson import Continue, Create

HEAD = "class A:\n    def f(self):\n        answer = a()\n"
TAIL = "        b()\n\n    def g(self):\n        c()\n"


def begun(content, fragment=""):
    """A file that was cut off, as it is gone on with."""
    return OpenFile(Create(path="a.py", content="")).kept_to(content, fragment)


def rest(after, content):
    return Continue(path="a.py", after=after, content=content)


def test_a_cut_between_two_lines_is_gone_on_with_from_the_last_one():
    file = begun(HEAD, "    ")
    assert file.operation.content == HEAD.removesuffix("        answer = a()\n")
    assert file.fragment == "        answer = a()\n    "
    assert file.part.text == HEAD + "    "


@pytest.mark.parametrize("fragment", ["", "    ", "        b"])
def test_what_is_joined_as_it_was_asked_for_leaves_no_doubt(fragment):
    file = begun(HEAD, fragment)
    content = (HEAD + TAIL)[len(file.operation.content) :]
    after = file.operation.content.split("\n")[-2]
    whole = completed(file, rest(after, content))
    assert whole.operation.content == HEAD + TAIL
    assert whole.doubts() == ()


def test_nothing_proves_a_part_that_goes_on_after_what_it_wrote():
    whole = completed(begun(HEAD), rest("        answer = a()", TAIL))
    assert whole.operation.content == HEAD + TAIL
    assert whole.doubts() == ("a.py, from line 4 on: nothing shows that it goes on here",)


def test_a_rest_that_may_be_indented_otherwise_is_doubted():
    whole = completed(
        begun("import a\nif a:\n    b\n\n", "if c and d:"), rest("", "if c and d:\n  e\n")
    )
    (doubt,) = whole.doubts()
    assert doubt == (
        "a.py, from line 5 on: it may be indented otherwise than before: 2 spaces a level after 4"
    )


def test_the_line_that_comes_again_shows_another_indentation():
    with pytest.raises(SeamMismatch):
        completed(begun(HEAD), rest("    def f(self):", HEAD.split("\n")[2][4:] + "\n" + TAIL))


def test_a_file_that_comes_again_whole_is_not_doubted():
    file = begun(HEAD, "        b")
    again = Create(path="a.py", content=HEAD + TAIL)
    assert completed(file, again).doubts() == ()
