from __future__ import annotations

import pytest

from ndjson.operations import Meta
from ndjson.salvage import salvage, summary_before_list


@pytest.mark.parametrize(
    ("cut", "content"),
    [
        ("x", ""),
        ("x\\", ""),
        ("x\\n", "x\n"),
        ("x\\n\\", "x\n"),
        ("x\\n\\u", "x\n"),
        ("x\\u000", ""),
        ("x\\u000a", "x\n"),
        ("\\ud83d\\ude00\\n", "😀\n"),
        ("\\n\\ud83d\\ude0", "\n"),
        ("a\\r\\nb", "a\r\n"),
        ("a\\\\nb", ""),
    ],
)
def test_a_content_is_decoded_up_to_its_last_whole_line(cut, content):
    data = f'{{"type":"create","path":"a","content":"{cut}'.encode()
    assert salvage(data, 1, listed=False).content == content


def test_the_last_line_has_no_line_end():
    data = b'{"type":"create","path":"a","content":"x\\r\\n'
    assert salvage(data, 1, listed=False).last_line == "x"


def test_what_is_broken_before_the_cut_is_raw_text_only():
    found = salvage(b'{"type":"create","content":"x\\n\\q', 3, listed=False)
    assert (found.kind, found.content, found.line) == (None, "", 3)
    assert found.raw.endswith("\\q")


def test_a_summary_before_a_list_is_kept_when_whole():
    assert summary_before_list(b'{"summary":"s","operations":[') == Meta(summary="s")
    assert summary_before_list(b'{"operations":[') is None
