from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.embeddings import texts
from token_budget.context.embeddings.texts import LONGEST_TEXT, batches, digest_of, exact_text


@given(st.lists(st.text(max_size=20), max_size=60), st.integers(1, 10))
def test_batches_hold_every_text_once_in_order_and_are_full(given_texts, most):
    parts = [given_texts[one] for one in batches(given_texts, most)]
    assert [text for part in parts for text in part] == given_texts
    assert all(len(part) == most for part in parts[:-1])
    assert not parts or 0 < len(parts[-1]) <= most


def test_a_batch_is_bounded_by_characters_too(monkeypatch):
    monkeypatch.setattr(texts, "BATCH_CHARACTERS", 10)
    given_texts = ["x" * 6, "x" * 4, "x" * 40, "x", "x"]
    assert [len(given_texts[one]) for one in batches(given_texts, 9)] == [2, 1, 2]


@given(st.text())
def test_a_short_text_is_sent_as_it_is(text):
    assert exact_text(text) == text
    assert digest_of(text) == sha256(text.encode()).digest()


def test_a_long_text_is_cut_and_half_a_character_replaced():
    assert len(exact_text("x" * (LONGEST_TEXT + 1))) == LONGEST_TEXT
    assert exact_text("a\ud800b") == "a?b"
