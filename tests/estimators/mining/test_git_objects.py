from __future__ import annotations

import pytest

from estimators.mining.git_objects import BlobReader, DiffReader, SizeReader, UnreadableObjectError

MISSING = "1" * 40


@pytest.fixture
def blobs(repository):
    repository.commit(a_py="one\n", b_py=b"\0two")
    return [repository.git("rev-parse", f"HEAD:{name}") for name in ("a.py", "b.py")]


def test_contents_come_in_the_order_of_the_names(repository, blobs):
    with BlobReader(repository.folder / ".git") as reader:
        assert list(reader.contents(blobs[::-1])) == [b"\0two", b"one\n"]


def test_after_a_missing_blob_the_next_question_is_answered(repository, blobs):
    with BlobReader(repository.folder / ".git") as reader:
        with pytest.raises(UnreadableObjectError):
            list(reader.contents([MISSING]))
        assert list(reader.contents(blobs)) == [b"one\n", b"\0two"]


def test_after_a_damaged_blob_the_next_question_is_answered(repository, blobs):
    repository.damage(blobs[0])
    with BlobReader(repository.folder / ".git") as reader:
        with pytest.raises(UnreadableObjectError):
            list(reader.contents(blobs))
        assert list(reader.contents(blobs[1:])) == [b"\0two"]


def test_a_tree_is_no_blob(repository, blobs):
    tree = repository.git("rev-parse", "HEAD^{tree}")
    with BlobReader(repository.folder / ".git") as reader:
        with pytest.raises(UnreadableObjectError):
            list(reader.contents([tree]))
        assert list(reader.contents(blobs[:1])) == [b"one\n"]


def test_sizes_of_more_names_than_a_pipe_holds(repository, blobs):
    names = [*(f"{number:040x}" for number in range(3_000)), *blobs]
    with SizeReader(repository.folder / ".git") as reader:
        sizes = reader.sizes(names)
    assert [sizes[blob] for blob in blobs] == [4, 4]
    assert sum(size is None for size in sizes.values()) == 3_000


def test_diffs_of_one_commit_after_another(repository, blobs):
    newest = repository.git("rev-parse", "HEAD")
    repository.commit()
    empty = repository.git("rev-parse", "HEAD")
    with DiffReader(repository.folder / ".git") as reader:
        assert b"a.py\0" in b"".join(reader.lines(newest))
        assert reader.lines(empty) == []
        assert b"b.py\0" in b"".join(reader.lines(newest))


def test_a_process_that_was_killed_is_started_again(repository, blobs):
    with BlobReader(repository.folder / ".git") as reader:
        assert list(reader.contents(blobs[:1])) == [b"one\n"]
        reader._process.kill()
        reader._process.wait()
        with pytest.raises(UnreadableObjectError):
            list(reader.contents(blobs))
        assert list(reader.contents(blobs[:1])) == [b"one\n"]
