from __future__ import annotations

import warnings

import pytest

from estimators.mining.mine_many import mine_many


@pytest.fixture
def three(make_repository):
    made = []
    for number in range(3):
        repository = make_repository(f"repository{number}")
        for commit in range(4):
            repository.commit(f"{number}.{commit}", a_py=f"{commit}\n" * (number + 1))
        made.append(repository.folder)
    return made


def test_each_repository_comes_in_its_place_oldest_first(three):
    mined = list(mine_many(three, len))
    assert [one.source for one in mined] == [str(folder) for folder in three]
    assert [phase.title for phase in mined[1].phases] == ["1.1", "1.2", "1.3"]
    assert [one.report.mined for one in mined] == [3, 3, 3]


def test_one_that_fails_does_not_end_the_others(three, tmp_path):
    mined = list(mine_many([three[0], tmp_path / "nothing", three[1]], len, limit=1))
    assert [one.failure for one in mined] == [None, "no such folder", None]
    assert [len(one.phases) for one in mined] == [1, 0, 1]


def test_processes_mine_the_same(three):
    assert list(mine_many(three, len, jobs=2)) == list(mine_many(three, len))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_dask_cluster_of_two_workers_mines_the_same(three):
    distributed = pytest.importorskip("distributed")
    import joblib

    serial = list(mine_many(three, len))
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config("dask"),
    ):
        assert list(mine_many(three, len)) == serial
        done = client.run(lambda dask_worker: dask_worker.state.executed_count)
        assert sum(done.values()) >= len(three)
