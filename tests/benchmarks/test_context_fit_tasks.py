from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.context_fit_tasks import TaskGatherer, name_of

BODY = "".join(f"def f{number}():\n    return {number}\n\n\n" for number in range(30))


@pytest.fixture
def gathered(repository, tmp_path):
    """The tasks of a small repository with one commit that changes two files."""
    repository.commit("Start", parser_py=BODY, reader_py=BODY)
    changed = BODY.replace("return 7", "return 8")
    repository.commit("Make the parser strict", parser_py=changed, reader_py=BODY + "#\n")
    cache = tmp_path / "cache"
    cache.mkdir()

    def gather(first=None):
        return TaskGatherer(repository.folder, cache).gather(1, 1, first)

    return gather


def test_a_commit_is_found_and_completed(gathered):
    found = gathered()
    assert [task.kind for task in found.tasks] == ["find", "complete"]
    find, complete = found.tasks
    assert len(find.figures) == len(find.wanted)
    assert find.wanted.sum() == pytest.approx(1)
    assert len(complete.hunks) == 1
    assert len(complete.files) == len(find.files) - 1
    assert {"co-change", "imported"} <= set(complete.names) - set(find.names)


def test_features_of_neighbours_need_a_first_ranking(gathered):
    alone, with_them = gathered().tasks[0], gathered({"chunk words": 1.0}).tasks[0]
    assert not any(name.startswith("likely") for name in alone.names)
    assert {"likely sibling", "likely changed together"} <= set(with_them.names)


def test_everything_is_found_where_there_is_room_and_nothing_where_there_is_none(gathered):
    task = gathered().tasks[0]
    scores = task.scores({"chunk words": 1.0})
    assert task.recalls(scores, [50_000, 60]) == [1.0, 0.0]
    assert np.isfinite(scores).all()


def test_the_same_commits_give_the_same_figures(gathered):
    one, other = gathered({"path": 1.0}), gathered({"path": 1.0})
    assert one.newest == other.newest != ""
    for mine, theirs in zip(one.tasks, other.tasks, strict=True):
        assert mine.names == theirs.names
        assert (mine.figures == theirs.figures).all()


def test_a_repository_is_called_by_its_folder():
    assert name_of(Path("/x/pallets+click/repo")) == "pallets/click"
    assert name_of(Path("/x/click.git")) == "click"
