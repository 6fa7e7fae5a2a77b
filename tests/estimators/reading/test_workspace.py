from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.reading.workspace import (
    MAXIMUM_NAME_BYTES,
    MAXIMUM_PATH_BYTES,
    has_directory,
    has_file,
)


class Recorder:
    """Says yes to everything and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def exists(self, path):
        self.asked.append(path)
        return True

    is_directory = exists


@pytest.mark.parametrize("ask", [has_file, has_directory])
def test_without_a_workspace_nothing_is_there(ask):
    assert not ask(None, "src/a.py")


@pytest.mark.parametrize("ask", [has_file, has_directory])
def test_the_workspace_is_asked_for_the_normal_form(ask):
    recorder = Recorder()
    assert ask(recorder, "./src//a.py")
    assert recorder.asked == ["src/a.py"]


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "../a.py",
        "",
        "a" * (MAXIMUM_NAME_BYTES + 1),
        "é" * 200,
        "a/" * MAXIMUM_PATH_BYTES,
    ],
)
def test_the_workspace_is_never_asked_for_what_no_file_can_be(text):
    recorder = Recorder()
    assert not has_file(recorder, text)
    assert recorder.asked == []


@given(st.text())
def test_any_text_may_be_asked_for(text):
    recorder = Recorder()
    assert has_file(recorder, text) == bool(recorder.asked)
