from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estimators.deliverable import Deliverable
from estimators.distribution import Distribution
from estimators.estimate import Contribution, OutputEstimate
from estimators.thinking import ThinkingEstimate
from token_budget.answer_tokens import (
    ANSWER_ENVELOPE_TOKENS,
    ESCAPED_SHARE,
    MODIFY_ENVELOPE_TOKENS,
    RENAME_ENVELOPE_TOKENS,
    answer_estimate,
    content_shares,
    envelope_tokens,
)
from token_budget.counting import ModelTokens, TokenCounter

SUMMARY = (
    "Add an address book with import and export of contacts, validate each entry before it is"
    " stored, and cover it all with tests and documentation"
)
PATHS = ["src/a.py", "src/address_book/answer_tokens.py", "docs/guide.md", "tests/test_views.ts"]
CODE, PROSE, DATA = (Deliverable(path, "create", 0) for path in ("a.py", "a.md", "a.json"))


@pytest.fixture(scope="module")
def tokens():
    counter = TokenCounter()

    def of(*lines):
        texts = (json.dumps(line, separators=(",", ":"), ensure_ascii=False) for line in lines)
        return counter.count("\n".join(texts))

    return of


def test_the_envelope_of_an_answer_covers_meta_and_done(tokens):
    assert len(SUMMARY.split()) == 25
    for operations in (3, 12, 120):
        real = tokens(
            {"type": "meta", "summary": SUMMARY, "operations": operations},
            {"type": "done", "operations": operations},
        )
        assert ANSWER_ENVELOPE_TOKENS - 10 <= real <= ANSWER_ENVELOPE_TOKENS


@pytest.mark.parametrize("path", PATHS)
def test_the_envelope_of_a_change_covers_the_keys_of_the_real_format(tokens, path):
    texts = {"old": "import os\n\nx = 1\n", "new": "import os\nimport re\n\nx = 2\n"}
    edit = {"type": "replace", **texts}
    real = tokens({"type": "modify", "path": path, "edits": [edit]})
    mined = tokens({"op": "replace", "path": path, **texts})
    assert MODIFY_ENVELOPE_TOKENS - 10 <= real - mined <= MODIFY_ENVELOPE_TOKENS


@pytest.mark.parametrize("path", PATHS)
def test_more_hunks_of_a_file_never_need_more_than_their_envelope(tokens, path):
    texts = {"old": "x = 1\n", "new": "x = 2\n"}
    for hunks in range(1, 6):
        real = tokens(
            {"type": "modify", "path": path, "edits": [{"type": "replace", **texts}] * hunks}
        )
        mined = sum(tokens({"op": "replace", "path": path, **texts}) for _ in range(hunks))
        assert real - mined <= MODIFY_ENVELOPE_TOKENS + hunks


@pytest.mark.parametrize("path", PATHS)
def test_creations_and_deletions_have_no_envelope(tokens, path):
    for rest in ({}, {"content": "import os\n"}):
        real, mined = ({key: "delete", "path": path, **rest} for key in ("type", "op"))
        assert tokens(real) == tokens(mined)


@pytest.mark.parametrize("path", PATHS)
def test_the_envelope_of_a_rename_covers_its_line(tokens, path):
    real = tokens({"type": "rename", "path": path, "to": f"new/{path}"})
    assert RENAME_ENVELOPE_TOKENS - 15 <= real <= RENAME_ENVELOPE_TOKENS


def test_the_envelope_adds_up_over_deliverables():
    actions = ("create", "modify", "modify", "delete", "rename", None)
    deliverables = [Deliverable("a.py", action) for action in actions]
    expected = ANSWER_ENVELOPE_TOKENS + 3 * MODIFY_ENVELOPE_TOKENS + RENAME_ENVELOPE_TOKENS
    assert envelope_tokens(deliverables, "ndjson") == expected
    assert envelope_tokens([], "ndjson") == ANSWER_ENVELOPE_TOKENS


def test_a_diff_has_no_envelope():
    assert envelope_tokens([Deliverable("a.py", "modify")], "diff") == 0


@pytest.mark.parametrize("path", PATHS)
def test_the_envelope_of_whole_files_covers_the_keys_around_each(tokens, path):
    real = tokens({"path": path, "content": ""})
    found = envelope_tokens([Deliverable(path, "create")] * 2, "whole_file")
    assert found - ANSWER_ENVELOPE_TOKENS >= 2 * real


@pytest.mark.parametrize("kind", ["code", "prose", "data"])
def test_whole_files_are_longer_inside_a_document(kind):
    bare = estimated(Distribution.zero(), **{kind: 100.0})
    inside = estimated(Distribution.zero(), "whole_file", **{kind: 100.0})
    assert inside.multiplier == pytest.approx(ESCAPED_SHARE[kind] * bare.multiplier)


def contributions(**tokens):
    named = {"code": CODE, "prose": PROSE, "data": DATA}
    own = (Contribution(named[kind], amount, "") for kind, amount in tokens.items())
    return (*own, Contribution(None, -50.0, "phase scale"))


def test_an_answer_is_split_by_kinds_of_content():
    shares = dict(content_shares(contributions(code=100.0, prose=300.0, data=100.0)))
    assert shares == {"code": 0.2, "prose": 0.6, "data": 0.2}


def test_an_answer_of_unknown_content_is_code():
    assert content_shares(contributions()) == [("code", 1.0)]


@given(st.lists(st.tuples(st.sampled_from([CODE, PROSE, DATA]), st.floats(0, 1e6)), max_size=9))
def test_shares_of_content_add_up_to_one(parts):
    made = [Contribution(one, tokens, "") for one, tokens in parts]
    assert sum(share for _, share in content_shares(made)) == pytest.approx(1)


def rates(count, kind):
    rate, spread = {"code": (1.3, 0.2), "prose": (1.1, 0.1), "data": (1.5, 0.1)}[kind]
    return ModelTokens(count * rate, spread, "new")


def estimated(thinking, output_format="ndjson", **tokens):
    output = OutputEstimate(
        Distribution.log_normal(1_000, 0.5), output_format, contributions(**tokens), (), ""
    )
    return answer_estimate(output, 0, ThinkingEstimate(thinking, "for once"), rates)


def test_spreads_of_tokenizer_and_estimate_add_as_variances():
    made = estimated(Distribution.zero(), code=100.0)
    expected = Distribution.log_normal(1_300, (0.5**2 + 0.2**2) ** 0.5)
    assert made.visible.values == pytest.approx(expected.values)
    assert made.total == made.visible


def test_the_multiplier_is_that_of_the_mix_and_the_spread_the_widest():
    made = estimated(Distribution.zero(), code=100.0, prose=100.0)
    assert made.multiplier == pytest.approx(1.2)
    expected = Distribution.log_normal(1_200, (0.5**2 + 0.2**2) ** 0.5)
    assert made.visible.values == pytest.approx(expected.values)


def test_the_envelope_is_written_in_the_models_tokens():
    output = OutputEstimate(Distribution.zero(), "ndjson", contributions(code=1.0), (), "")
    made = answer_estimate(output, 100, ThinkingEstimate.none("off"), rates)
    assert made.visible.median == pytest.approx(130)


def test_thinking_is_added_as_an_independent_quantity():
    thinking = Distribution.log_normal(2_000, 1.0)
    made = estimated(thinking, code=1.0)
    most = made.visible.quantile(0.9) + thinking.quantile(0.9)
    assert max(made.visible.quantile(0.9), thinking.quantile(0.9)) < made.total.quantile(0.9) < most
    assert made.total.mean == pytest.approx(made.visible.mean + thinking.mean, rel=0.02)
