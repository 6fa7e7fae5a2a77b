from __future__ import annotations

import sys

import pytest

from token_budget.context.splitting import grammars


def test_jsx_in_typescript_has_a_grammar_of_its_own():
    assert grammars.grammar_of("a/B.TSX", "typescript") == "tsx"
    assert grammars.grammar_of("a/b.ts", "typescript") == "typescript"


def test_a_language_without_a_grammar_has_no_tree():
    assert grammars.parse("cobol", "MOVE A TO B.") is None


def test_without_the_extra_there_is_no_tree_and_no_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    grammars.parser_of.cache_clear()
    try:
        assert grammars.parse("go", "package a") is None
    finally:
        grammars.parser_of.cache_clear()


def test_text_that_utf_8_cannot_hold_is_parsed():
    pytest.importorskip("tree_sitter_go")
    assert grammars.parse("go", "package \ud800") is not None
