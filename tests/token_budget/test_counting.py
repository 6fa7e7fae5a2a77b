from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import token_budget
from token_budget import count_engines, counting
from token_budget.count_engines import CUT_EVERY, RANK_TABLE, check_rank_table, count_with, pieces
from token_budget.counting import TokenCounter, in_model_tokens
from token_budget.errors import CountingError
from token_budget.models import ModelCatalogue

ENGINES = ["tiktoken", "bpe-openai"]
ROOT = Path(token_budget.__file__).parents[1]

WITHOUT_NETWORK = """
import os, requests, socket
def refuse(*args, **kwargs):
    raise AssertionError("the network was used")
socket.socket.__init__ = socket.create_connection = socket.getaddrinfo = refuse
requests.get = requests.Session.request = refuse
before = dict(os.environ)
from token_budget.counting import TokenCounter
print(TokenCounter("tiktoken").count("def f(x):\\n    return x + 1\\n"))
assert dict(os.environ) == before, "the environment changed"
"""


@pytest.fixture(params=ENGINES)
def counter(request):
    return TokenCounter(request.param)


@pytest.fixture
def nothing_loaded(monkeypatch):
    """No engine is loaded, neither here nor in tiktoken."""
    import tiktoken.registry

    monkeypatch.setattr(count_engines, "_loaded", {})
    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})


def run_python(code: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"}
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("hello world", 2),
        ("def f(x):\n    return x + 1\n", 11),
        ("你好，世界", 6),
        ("🦊", 3),
    ],
)
def test_counts_are_those_of_cl100k_base(counter, text, tokens):
    assert counter.count(text) == tokens


def test_many_texts_are_counted_in_their_order(counter):
    texts = ["", "hello world", "word " * 100, "hello world"]
    assert counter.count_many(texts) == [0, 2, 101, 2]


def test_special_tokens_are_ordinary_text(counter):
    assert counter.count("<|endoftext|>") == 7


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("x" * 50 + "\ud83d\ude00", "x" * 50 + "😀"),
    ],
)
def test_surrogates_count_as_what_utf8_can_hold(counter, text, same_as):
    assert counter.count(text) == counter.count(same_as)


@given(st.text(st.characters(codec=None), max_size=200))
def test_engines_agree_on_any_text(text):
    assert len({TokenCounter(engine).count(text) for engine in ENGINES}) == 1


@given(st.text(st.sampled_from(" \t\n\r\x0b\x85\u2003\x1cax"), max_size=300))
def test_engines_agree_on_white_space(text):
    assert len({TokenCounter(engine).count(text) for engine in ENGINES}) == 1


@pytest.mark.parametrize("run", ["a", "=", "\n", "中", "ab1", "😀"])
def test_many_characters_without_a_gap_are_counted(counter, run):
    text = run * (3 * CUT_EVERY // len(run))
    expected = 30 * counter.count(text[: 3 * CUT_EVERY // 30])
    assert counter.count(text) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("space", [" ", "\t ", "\u2003"])
def test_incident_a_million_spaces_before_a_word_do_not_panic(counter, space):
    length = 1_500_000
    text = space * (length // len(space)) + "x"
    most_cuts = length // CUT_EVERY
    short = TokenCounter("tiktoken").count(text[: CUT_EVERY - 1]) / (CUT_EVERY - 1)
    assert counter.count(text) <= short * length + 2 * most_cuts
    assert counter.count(text) >= short * length * 0.99


@given(st.text(max_size=50), st.integers(1, 5))
def test_pieces_are_the_whole_text(word, repetitions):
    text = (" " * CUT_EVERY + word) * repetitions
    assert "".join(pieces(text)) == text


def test_only_long_runs_of_white_space_are_cut():
    indented = ("        return value\n\n\n" * 30_000)[: 5 * CUT_EVERY]
    assert pieces(indented) == [indented]
    assert pieces("a" * (3 * CUT_EVERY)) == ["a" * (3 * CUT_EVERY)]
    assert len(pieces(" " * (3 * CUT_EVERY))) == 3


def test_no_piece_holds_a_run_that_makes_tiktoken_panic():
    longest = max(map(len, pieces("x" + " " * 1_234_567 + "x")))
    assert longest <= 2 * CUT_EVERY


def test_counts_are_remembered_by_content(monkeypatch):
    asked = []
    monkeypatch.setattr(counting, "count_with", lambda engine, text: asked.append(text) or 1)
    counter = TokenCounter()
    assert [counter.count("a text " * 50) for _ in range(3)] == [1, 1, 1]
    assert len(asked) == 1


def test_the_least_recently_used_count_is_forgotten_first(monkeypatch):
    asked = []
    monkeypatch.setattr(counting, "count_with", lambda engine, text: asked.append(text[0]) or 1)
    counter = TokenCounter(cached_counts=2)
    for letter in "abacb":
        counter.count(letter * 200)
    assert asked == ["a", "b", "c", "b"]


def test_no_count_is_remembered_when_none_is_wanted(monkeypatch):
    asked = []
    monkeypatch.setattr(counting, "count_with", lambda engine, text: asked.append(text) or 1)
    TokenCounter(cached_counts=0).count_many(["a" * 200] * 3)
    assert len(asked) == 3


def test_threads_share_a_counter(nothing_loaded):
    counter = TokenCounter("tiktoken", cached_counts=8)
    texts = [f"value_{number} = {number}\n" * 40 for number in range(32)]
    found: list[list[int]] = []
    threads = [
        threading.Thread(target=lambda: found.append(counter.count_many(texts))) for _ in range(8)
    ]
    before = dict(os.environ)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert all(counts == counter.count_many(texts) for counts in found)
    assert dict(os.environ) == before


def test_the_faster_engine_is_taken_where_it_is_installed():
    assert TokenCounter().engine == "bpe-openai"


def test_bpe_openai_can_still_be_imported_by_the_program(tmp_path):
    code = """
from token_budget.counting import TokenCounter
TokenCounter("bpe-openai").count("a")
import sys
assert "bpe_openai" not in sys.modules
import bpe_openai
print(len(bpe_openai.get_encoding("cl100k_base").encode("hello world")))
"""
    done = run_python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_without_bpe_openai_tiktoken_counts(monkeypatch):
    count_engines.preferred_engine.cache_clear()
    monkeypatch.setattr(count_engines, "find_spec", lambda name: None)
    assert TokenCounter().engine == "tiktoken"
    monkeypatch.undo()
    count_engines.preferred_engine.cache_clear()


def test_an_engine_that_is_not_installed_says_how_to_get_it(nothing_loaded, monkeypatch):
    monkeypatch.setattr(count_engines, "find_spec", lambda name: None)
    monkeypatch.delitem(sys.modules, "bpe_openai._bindings", raising=False)
    with pytest.raises(CountingError, match=r"token-budget\[fast\]"):
        TokenCounter("bpe-openai").count("a")


def test_an_engine_that_is_broken_says_so(nothing_loaded, monkeypatch, tmp_path):
    package = tmp_path / "bpe_openai"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_bindings.py").write_text("raise ImportError('no such symbol')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "bpe_openai", raising=False)
    monkeypatch.delitem(sys.modules, "bpe_openai._bindings", raising=False)
    with pytest.raises(CountingError, match=r"cannot be loaded.*no such symbol"):
        TokenCounter("bpe-openai").count("a")
    assert "bpe_openai._bindings" not in sys.modules


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"TIKTOKEN_CACHE_DIR": "EMPTY"},
        {"TIKTOKEN_CACHE_DIR": ""},
        {"DATA_GYM_CACHE_DIR": "EMPTY"},
    ],
)
def test_nothing_is_downloaded_and_the_environment_stays(tmp_path, variables):
    empty = tmp_path / "empty"
    empty.mkdir()
    empty.chmod(0o500)
    given_variables = {
        name: value.replace("EMPTY", str(empty)) for name, value in variables.items()
    }
    done = run_python(WITHOUT_NETWORK, empty, TMPDIR=str(empty), **given_variables)
    assert (done.stdout, done.stderr) == ("11\n", "")
    assert not list(empty.iterdir())


@pytest.mark.parametrize("before", [None, "/elsewhere"])
def test_the_environment_is_restored_when_loading_fails(nothing_loaded, monkeypatch, before):
    if before is None:
        monkeypatch.delenv("TIKTOKEN_CACHE_DIR", raising=False)
    else:
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", before)

    def fail(name):
        assert os.environ["TIKTOKEN_CACHE_DIR"] == str(RANK_TABLE.parent)
        raise OSError(name)

    monkeypatch.setattr("tiktoken.get_encoding", fail)
    with pytest.raises(OSError, match="cl100k_base"):
        count_with("tiktoken", "a")
    assert os.environ.get("TIKTOKEN_CACHE_DIR") == before


def test_a_damaged_rank_table_is_refused_before_tiktoken_deletes_it(
    nothing_loaded, monkeypatch, tmp_path
):
    damaged = tmp_path / RANK_TABLE.name
    shutil.copy(RANK_TABLE, damaged)
    with damaged.open("ab") as file:
        file.write(b"\n")
    monkeypatch.setattr(count_engines, "RANK_TABLE", damaged)
    with pytest.raises(CountingError, match=r"damaged.*--force-reinstall token-budget"):
        TokenCounter("tiktoken").count("a")
    assert damaged.exists()


def test_a_missing_rank_table_is_refused(tmp_path):
    with pytest.raises(CountingError, match=r"cannot be read.*--force-reinstall token-budget"):
        check_rank_table(tmp_path / "absent")


def test_an_encoding_that_the_program_has_loaded_is_reused(monkeypatch, tmp_path):
    TokenCounter("tiktoken").count("a")
    monkeypatch.setattr(count_engines, "_loaded", {})
    monkeypatch.setattr(count_engines, "RANK_TABLE", tmp_path / "absent")
    assert TokenCounter("tiktoken").count("hello world") == 2


@pytest.mark.parametrize("kind", ["code", "prose", "data"])
def test_newer_models_take_more_tokens_than_older_ones(kind):
    old = in_model_tokens(1000, "claude-opus-4-6", kind)
    new = in_model_tokens(1000, "claude-opus-4-7", kind)
    assert (old.generation, new.generation) == ("old", "new")
    assert 1100 <= old.count <= 1350
    assert 1.15 * old.count <= new.count <= 1.35 * old.count
    assert not old.assumed
    assert not new.assumed


@pytest.mark.parametrize("model", ["gpt-9", "claude-opus-4-6-turbo"])
def test_an_unknown_model_gets_the_larger_generation_and_a_wider_spread(model):
    unknown = in_model_tokens(1000, model, "code")
    new = in_model_tokens(1000, "claude-opus-5-5", "code")
    assert unknown.count == new.count
    assert unknown.log_spread > new.log_spread
    assert unknown.assumed


def test_model_tokens_follow_a_catalogue_of_the_user():
    own = ModelCatalogue.shipped().overridden({"house-model": {"tokenizer": "old"}})
    limits = own.resolve("house-model")
    assert in_model_tokens(10, "house-model", "code", own).generation == "old"
    assert TokenCounter().in_model_tokens(10, limits, "code").count == pytest.approx(12.5)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_model_tokens_are_proportional(one, other):
    both = in_model_tokens(one + other, "claude-opus-5-5", "code").count
    parts = [in_model_tokens(part, "claude-opus-5-5", "code").count for part in (one, other)]
    assert both == pytest.approx(sum(parts))


def test_a_negative_count_or_a_wrong_kind_is_refused():
    with pytest.raises(ValueError, match="0 or more tokens, found -1"):
        in_model_tokens(-1, "claude-opus-5-5", "code")
    with pytest.raises(ValueError, match="code, prose or data, found 'poem'"):
        in_model_tokens(1, "claude-opus-5-5", "poem")
