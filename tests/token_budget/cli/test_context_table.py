from __future__ import annotations

import pytest

from token_budget.cli.context_table import SHOWN_LEFT_OUT, SHOWN_RANGES, print_context

ITEM = {
    "path": "src/a.py",
    "form": "chunks",
    "lines": [[1, 9], [20, 30]],
    "tokens": 1_200,
    "signals": ["pinned", "words", "path"],
    "likelihood": 0.5,
    "outlined": False,
}
EMBEDDING = {
    "mode": "lexical",
    "reason": "no embedder is configured",
    "hits": 0,
    "misses": 0,
    "calls": 0,
    "texts_embedded": 0,
    "cap": 0,
    "warnings": [],
}
REPORT = {
    "phase_id": "one",
    "budget": 8_000,
    "tokens": 1_300,
    "soft_cap": None,
    "over_soft_cap": False,
    "mode": "lexical",
    "reason": "no embedder is configured",
    "files_considered": 2_000,
    "history": "1,500 commits",
    "share_of_best": 1.0,
    "items": [ITEM],
    "left_out": [],
    "embedding": EMBEDDING,
    "substituted": {"files": 0, "tokens": 0, "avoided_tokens": 0, "paths": []},
    "warnings": [],
}


@pytest.fixture
def printed(capsys):
    """A function that prints a report; its lines."""

    def lines(explain=False, **fields):
        print_context({**REPORT, **fields}, explain=explain)
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return lines


def test_a_row_says_what_is_in_as_what_and_why(printed):
    assert printed()[1].split() == ["src/a.py", "chunks", "1,200", "pinned", "1-9,", "20-30"]
    assert "pinned, words, path" in printed(explain=True)[1]


def test_explain_says_how_much_history_was_heard(printed):
    assert "history: 1,500 commits" in printed(explain=True)
    assert not any(line.startswith("history") for line in printed())


def test_an_outline_before_chunks_is_named(printed):
    assert "chunks + outline" in printed(items=[{**ITEM, "outlined": True}])[1]


@pytest.mark.parametrize("form", ["whole", "outline", "path"])
def test_lines_are_shown_of_chunks_only(printed, form):
    assert printed(items=[{**ITEM, "form": form}])[1].endswith("pinned")


def test_many_ranges_are_counted(printed):
    ranges = [[10 * number, 10 * number + 1] for number in range(1, SHOWN_RANGES + 4)]
    assert printed(items=[{**ITEM, "lines": ranges}])[1].endswith("40-41, and 3 more")


def test_the_sums_and_the_mode_come_last(printed):
    assert printed()[-2:] == [
        "1,300 of 8,000 tokens: 1 chunks; 2,000 files considered",
        "mode: lexical: no embedder is configured",
    ]


def test_nothing_is_said_without_a_table(printed):
    assert printed(items=[], tokens=0)[0] == "0 of 8,000 tokens: nothing; 2,000 files considered"


def test_what_embeddings_took_is_said_where_they_took_something(printed):
    used = {**EMBEDDING, "mode": "embedded", "reason": "", "hits": 1_000, "misses": 2}
    used |= {"calls": 1, "texts_embedded": 2, "cap": -1}
    assert printed(embedding=used, mode="embedded")[-2:] == [
        "mode: embedded",
        "embeddings: 1,000 kept, 2 not, 1 calls, 2 texts embedded, cap -1",
    ]


def test_summaries_are_said_with_their_paths(printed):
    instead = {"files": 2, "tokens": 30, "avoided_tokens": 4_000, "paths": ["a.md", "b\n.md"]}
    line = printed(substituted=instead)[-1]
    assert line == "summaries: 2 files, 30 tokens, 4,000 avoided: a.md, b\\n.md"


def test_what_was_left_out_is_summed_and_with_explain_listed(printed):
    left_out = [{"path": f"{number}.lock", "reason": "lock file"} for number in range(50)]
    left_out.append({"path": "x", "reason": "unreadable: Permission denied"})
    assert printed(left_out=left_out)[-1] == "left out before ranking: 50 lock file, 1 unreadable"
    lines = printed(left_out=left_out, explain=True)
    assert lines[-1] == f"  and {51 - SHOWN_LEFT_OUT} more"
    assert lines.count("  3.lock: lock file") == 1


def test_nothing_in_a_report_reaches_the_terminal_as_a_control(printed):
    hostile = "a\x1b[2J\n\u202eb"
    found = printed(
        explain=True,
        items=[{**ITEM, "path": hostile}],
        left_out=[{"path": hostile, "reason": hostile}],
        warnings=[hostile],
        reason=hostile,
        embedding={**EMBEDDING, "reason": hostile},
    )
    assert not {"\x1b", "\u202e"} & set("".join(found))
    assert not any(line.startswith("\\u202eb") for line in found)
