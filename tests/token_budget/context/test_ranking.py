from __future__ import annotations

import pytest

from token_budget.context import gathering
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.change_history import ChangeHistory, FileChange, PastCommit
from token_budget.context.embeddings.use import EmbeddingUse
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import ContextQuery, query_for
from token_budget.context.ranking import ranked
from token_budget.context.sources import Sources
from token_budget.context.touched_lines import HunkPlace
from token_budget.context.weights import FIRST_WEIGHTS, SIGNAL_OF_FEATURE, WEIGHTS
from token_budget.spec import Phase

FILES = {
    "src/token_estimator.py": "def estimate(text):\n    return len(text) // 4\n",
    "src/parser.py": "from src.reader import read\n\n\ndef parse(path):\n    return read(path)\n",
    "src/reader.py": "def read(path):\n    return path.read_text()\n",
    "tests/test_parser.py": "def test_lines():\n    assert True\n",
    "docs/guide.md": "# Guide\n\nHow to use it.\n",
    "notes.md": "Nothing.\n",
}


@pytest.fixture
def index(tmp_path):
    for path, text in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    made = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    made.refresh()
    yield made
    made.close()


def best(ranking):
    return ranking.chunks[0].chunk.path


def signals(ranking):
    return ranking.signals_of(ranking.chunks[0].chunk)


def asked(text, deliverables=()):
    query = query_for(Phase(phase_id="x", description=text))
    return ContextQuery(query.text, query.words, query.identifiers, query.names, deliverables)


def test_a_title_finds_the_file_that_is_named_by_its_words(index):
    ranking = ranked(asked("Make the token estimator exact"), Sources(index))
    assert best(ranking) == "src/token_estimator.py"
    assert "path" in signals(ranking)


def test_likelihoods_are_shares_of_one_and_fall(index):
    shares = [one.likelihood for one in ranked(asked("Parse"), Sources(index)).chunks]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)


def test_a_file_that_changed_with_a_similar_message_is_found(index):
    commits = [PastCommit("a", "Refresh the frobnicator", (FileChange("notes.md"),))]
    ranking = ranked(asked("Refresh the frobnicator"), Sources(index, ChangeHistory(commits)))
    assert best(ranking) == "notes.md"
    assert "similar commits" in signals(ranking)


def test_lines_that_changed_lately_come_before_others(index):
    commits = [PastCommit("a", "", (FileChange("notes.md", None, (HunkPlace(0, 1, 0, 1),)),))]
    ranking = ranked(asked("Whatever"), Sources(index, ChangeHistory(commits)))
    assert best(ranking) == "notes.md"
    assert "recent changes" in signals(ranking)


def test_what_a_deliverable_imports_is_found(index):
    sources = Sources(index)
    with_it = ranked(asked("Whatever", ("src/parser.py",)), sources)
    place = {one.chunk.path: rank for rank, one in enumerate(with_it.chunks)}
    reasons = {one.chunk.path: with_it.signals_of(one.chunk) for one in with_it.chunks}
    assert place["src/reader.py"] < place["notes.md"]
    assert "imports" in reasons["src/reader.py"]
    assert "tests" in reasons["tests/test_parser.py"]


def test_a_file_that_is_to_be_created_speaks_for_its_folder_and_its_test(index):
    ranking = ranked(asked("Whatever", ("docs/new.md", "lib/parser.rb")), Sources(index))
    place = {one.chunk.path: rank for rank, one in enumerate(ranking.chunks)}
    assert place["docs/guide.md"] < place["notes.md"]
    assert place["tests/test_parser.py"] < place["notes.md"]


def test_an_empty_workspace_ranks_nothing(tmp_path):
    index = ChunkIndex(tmp_path, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    index.refresh()
    assert ranked(asked("Anything"), Sources(index)).chunks == ()
    index.close()


def test_a_phase_without_words_still_ranks_everything(index):
    ranking = ranked(asked(""), Sources(index))
    assert {one.chunk.path for one in ranking.chunks} == set(FILES)


def test_the_ranking_is_the_same_every_time(index):
    query = asked("Parse the guide", ("src/reader.py",))
    assert ranked(query, Sources(index)).chunks == ranked(query, Sources(index)).chunks


def test_an_embedder_can_bring_a_chunk_to_the_top(index):
    use = EmbeddingUse("embedded", "", 0, 7, 1, 7, -1)
    asked_of = {}

    def compare(text, texts):
        asked_of.update(texts)
        return {chunk: float(chunk.path == "notes.md") for chunk in texts}, use

    ranking = ranked(asked("Whatever"), Sources(index), compare)
    assert best(ranking) == "notes.md"
    assert "embedding" in signals(ranking)
    assert ranking.embedding is use
    assert any("notes.md" in text and "Nothing." in text for text in asked_of.values())


def test_without_similarities_the_ranking_is_the_lexical_one(index):
    use = EmbeddingUse("lexical", "connection refused", 0, 7, 1, 0, -1)
    query = asked("Parse")
    failed = ranked(query, Sources(index), lambda _text, _texts: (None, use))
    assert failed.chunks == ranked(query, Sources(index)).chunks
    assert failed.embedding is use


def test_in_a_large_workspace_only_the_best_are_looked_at(index, monkeypatch):
    monkeypatch.setattr(gathering, "MOST_CHUNKS", 3)
    monkeypatch.setattr(gathering, "MOST_FOUND_CHUNKS", 1)
    ranking = ranked(asked("Make the token estimator exact"), Sources(index))
    assert best(ranking) == "src/token_estimator.py"
    assert len(ranking.chunks) < len(FILES)


def test_every_signal_that_is_named_has_a_weight():
    unnamed = {"first chunk", "last chunk", "never changed", "size", "size of file"}
    assert WEIGHTS.keys() == SIGNAL_OF_FEATURE.keys() | unnamed
    assert all(WEIGHTS[feature] >= 0 for feature in SIGNAL_OF_FEATURE)
    assert FIRST_WEIGHTS.keys() == {one for one in WEIGHTS if not one.startswith("likely")}
