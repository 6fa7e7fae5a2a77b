"""The package is large and optional: a stand-in shows how it is called."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from token_budget.context.embeddings.embedding import Embedding
from token_budget.context.embeddings.sentence_transformers import (
    SentenceTransformersEmbedder,
    digest_of_folder,
)
from token_budget.errors import ConfigError


class Model:
    """What is used of ``sentence_transformers.SentenceTransformer``."""

    def __init__(self, folder, *, device, truncate_dim, local_files_only):
        assert local_files_only
        self.size, self.device, self.asked = min(truncate_dim or 6, 6), device, []

    def get_sentence_embedding_dimension(self):
        return self.size

    def encode(self, texts, *, show_progress_bar, convert_to_numpy):
        self.asked.append(("any", texts))
        return np.ones((len(texts), self.size), dtype=np.float32)


class NewerModel(Model):
    def encode_query(self, texts, **options):
        self.asked.append(("query", texts))
        return np.ones((len(texts), self.size), dtype=np.float32)

    def encode_document(self, texts, **options):
        self.asked.append(("document", texts))
        return np.ones((len(texts), self.size), dtype=np.float32)

    def get_embedding_dimension(self):
        return self.size


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "small-model"
    made.mkdir()
    (made / "config.json").write_text("{}", encoding="utf-8")
    return made


@pytest.fixture
def install(monkeypatch):
    def install(model):
        module = types.ModuleType("sentence_transformers")
        module.SentenceTransformer = model
        monkeypatch.setitem(sys.modules, "sentence_transformers", module)

    return install


@pytest.mark.parametrize("model", [Model, NewerModel])
def test_a_local_model_is_an_embedder(install, folder, model):
    install(model)
    embedder = SentenceTransformersEmbedder(folder)
    assert (embedder.name, embedder.dimension) == ("sentence-transformers/small-model", 6)
    found, use = Embedding(embedder).similarities("q", {"a": "text"})
    assert use.mode == "embedded"
    assert found["a"] == pytest.approx(1)


def test_a_newer_package_embeds_queries_and_documents_differently(install, folder):
    install(NewerModel)
    embedder = SentenceTransformersEmbedder(folder, dimension=3)
    assert np.shape(embedder.embed(["a"], "query")) == (1, 3)
    embedder.embed(["b"], "document")
    assert embedder._model.asked == [("query", ["a"]), ("document", ["b"])]


def test_a_model_that_is_replaced_has_another_revision(folder):
    before = digest_of_folder(folder)
    assert digest_of_folder(folder) == before
    (folder / "config.json").write_text("[]", encoding="utf-8")
    assert digest_of_folder(folder) != before


def test_a_model_that_fails_stops_no_ranking(install, folder):
    class Failing(Model):
        def encode(self, texts, **options):
            raise RuntimeError("out of memory: " + texts[0])

    install(Failing)
    found, use = Embedding(SentenceTransformersEmbedder(folder)).similarities("q", {"a": "t"})
    assert found is None
    assert use.reason.endswith("the model failed: RuntimeError")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="folder"):
        SentenceTransformersEmbedder(tmp_path / "none")


class WeightsError(Exception):
    """As ``safetensors.SafetensorError``: derived from nothing else."""


@pytest.mark.parametrize("kind", [OSError, WeightsError])
def test_a_folder_without_a_model_is_refused(install, folder, kind):
    def load(*_, **__):
        raise kind("no file named model.safetensors")

    install(load)
    with pytest.raises(ConfigError, match="no model that can be loaded"):
        SentenceTransformersEmbedder(folder)


def test_more_numbers_than_the_model_has_are_refused(install, folder):
    install(Model)
    with pytest.raises(ConfigError, match=r"dimension.*at most 6.*found 7"):
        SentenceTransformersEmbedder(folder, dimension=7)


def test_a_missing_package_says_what_to_install(monkeypatch, folder):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ConfigError, match=r"token-budget\[embeddings\]"):
        SentenceTransformersEmbedder(folder)
