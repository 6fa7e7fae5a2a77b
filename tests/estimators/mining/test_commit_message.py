from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.mining.commit_message import body_characters, is_written_by_claude, title_of


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("Fix it\n\nWhy\n", "Fix it"),
        ("Fix it\nand that", "Fix it"),
        ("\nFix it", "Fix it"),
        ("Thank ada@example.org for it", "Thank  for it"),
        ("Allow __enter__ and @classmethod (#1)", "Allow __enter__ and (#1)"),
        ("Add a page. PR by @ada.", "Add a page. PR."),
        ("Include it by default", "Include it by default"),
        ("Use @ for references", "Use @ for references"),
        ("", ""),
    ],
)
def test_a_title_is_the_first_line_without_addresses(message, title):
    assert title_of(message) == title


def test_full_names_go_and_single_words_only_behind_by():
    assert title_of("Patch by Ada Lovelace (#3)", ["Ada Lovelace"]) == "Patch (#3)"
    assert title_of("Ada Lovelace: fix", ["Ada Lovelace"]) == ": fix"
    assert title_of("Fix the test by test", ["test"]) == "Fix the test"
    assert title_of("Retest", ["test"]) == "Retest"


@given(st.text(), st.lists(st.text(), max_size=2))
def test_a_title_is_one_short_line(message, people):
    title = title_of(message, people)
    assert len(title) <= 160
    assert "\n" not in title


def test_the_body_is_what_follows_without_lines_about_people():
    message = "Fix\n\nBecause.\n\nSigned-off-by: Ada <a@b.org>\nCo-authored-by: Bob <b@b.org>\n"
    assert body_characters(message) == len("Because.")
    assert body_characters("Fix") == 0


@pytest.mark.parametrize(
    "message",
    [
        "Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>",
        "Fix\n\nCo-authored-by: Claude Opus 4.5 <x@y.org>",
        "Fix\n\n🤖 Generated with [Claude Code](https://example.org)",
    ],
)
def test_a_trailer_says_that_claude_wrote_it(message):
    assert is_written_by_claude(message)


def test_an_author_says_so_too_but_a_mention_does_not():
    assert is_written_by_claude("Fix", ["Claude", "GitHub"])
    assert not is_written_by_claude("Support Claude 4 and Claude Code", ["Ada Lovelace"])
