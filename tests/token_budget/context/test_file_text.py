from __future__ import annotations

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.file_text import NotText, decoded, lines_of, read_text


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("naïve".encode(), "utf-8"),
        ("naïve".encode("utf-8-sig"), "utf-8-sig"),
        ("naïve".encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + "naïve".encode("utf-16-be"), "utf-16"),
        ("naïve".encode("utf-32"), "utf-32"),
        ("naïve".encode("latin-1"), "latin-1"),
    ],
)
def test_the_encoding_is_found_and_said(content, encoding):
    assert decoded(content) == ("naïve", encoding)


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\0\0", bytes(range(128, 256)), b"\xff\xfe\x00\xd8"]
)
def test_what_is_no_text_is_refused(content):
    with pytest.raises(NotText, match="binary"):
        decoded(content)


@given(st.text())
def test_every_text_in_utf_8_is_read_back_unless_it_holds_a_nul(text):
    if "\0" not in text and not text.startswith("\ufeff"):
        assert decoded(text.encode()) == (text, "utf-8")


@given(st.binary())
def test_no_bytes_make_it_fail_in_another_way(content):
    with contextlib.suppress(NotText):
        assert isinstance(decoded(content)[0], str)


@given(st.text(alphabet="a\n\r\u2028\f\x85", max_size=20))
def test_lines_end_at_line_feeds_alone(text):
    lines = lines_of(text)
    assert len(lines) == text.count("\n") + (bool(text) and not text.endswith("\n"))
    assert "\n".join(lines) == text.removesuffix("\n")


def test_a_file_that_grew_beyond_the_bound_is_not_read_whole(tmp_path):
    (tmp_path / "log").write_bytes(b"x" * 101)
    with pytest.raises(NotText, match="larger than 100 bytes"):
        read_text(tmp_path / "log", 100)


def test_a_pipe_in_the_place_of_a_file_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert read_text(tmp_path / "pipe", 100).text == ""
