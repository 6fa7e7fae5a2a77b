from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.words import (
    identifier_words,
    path_word_keys,
    path_words,
    word_key,
    word_keys_of,
    words_of,
)


@pytest.mark.parametrize(
    "written", ["max_tokens", "maxTokens", "MaxTokens", "MAX_TOKENS", "max-tokens"]
)
def test_every_way_to_write_a_name_gives_the_same_words(written):
    assert words_of(written) == {"maxtokens": 1, "max": 1, "token": 1}


@pytest.mark.parametrize(
    ("identifier", "words"),
    [
        ("HTTPServer2", ("httpserver2", "http", "server")),
        ("parse", ("parse",)),
        ("__init__", ("init",)),
        ("libraries", ("library",)),
        ("class", ("class",)),
        ("status", ("status",)),
        ("self", ()),
        ("x", ()),
        ("utf8", ("utf8", "utf")),
        ("größenMaß", ("größenmaß", "gr", "ö", "ß", "enma")),
    ],
)
def test_an_identifier_is_taken_whole_and_in_parts(identifier, words):
    found = identifier_words(identifier)
    assert found[:1] == words[:1]
    if identifier.isascii():
        assert found == words


def test_numbers_of_two_digits_count_and_single_ones_do_not():
    assert words_of("error 404 in 3 lines") == {"error": 1, "404": 1, "line": 1}


def test_words_of_a_path_count_twice_and_its_ending_not_at_all():
    assert path_words("src/token_counter.py") == {
        "src": 2,
        "tokencounter": 2,
        "token": 2,
        "counter": 2,
    }
    assert path_words(".gitignore") == {"gitignore": 2}
    assert path_words("v1.2/Makefile")["makefile"] == 2


@given(st.text("aB/._-1\n é"))
def test_the_keys_of_a_path_are_those_of_its_words(path):
    assert path_word_keys(path) == {word_key(word): n for word, n in path_words(path).items()}


@given(st.text())
def test_keys_are_those_of_the_words(text):
    counts = {}
    for word, count in words_of(text).items():
        counts[word_key(word)] = counts.get(word_key(word), 0) + count
    assert word_keys_of(text) == counts


def test_a_long_run_of_letters_is_no_word():
    assert words_of("a" * 500) == {}
