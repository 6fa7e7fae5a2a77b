from __future__ import annotations

from benchmarks.context_tasks import PastWorkspace, past_changes, tasks_of

TEN = "".join(f"line {number}\n" for number in range(1, 11))


def test_hunks_are_lines_of_the_file_as_it_was(repository):
    repository.commit("First", a_py=TEN)
    repository.commit("Change", a_py=TEN.replace("line 3\n", "three\n").replace("line 9\n", ""))
    change = next(past_changes(repository.folder, 1))
    assert change.message.strip() == "Change"
    assert change.hunks == {"a.py": ((3, 3), (9, 9))}


def test_what_is_inserted_counts_as_the_line_before_it(repository):
    repository.commit("First", a_py=TEN)
    repository.commit("Change", a_py="top\n" + TEN.replace("line 5\n", "line 5\nmore\n"))
    assert next(past_changes(repository.folder, 1)).hunks == {"a.py": ((1, 1), (5, 5))}


def test_a_renamed_file_is_wanted_where_it_was(repository):
    repository.commit("First", old_py=TEN)
    repository.git("mv", "old.py", "new.py")
    repository.commit("Change", new_py=TEN.replace("line 3\n", "three\n"))
    assert next(past_changes(repository.folder, 1)).hunks == {"old.py": ((3, 3),)}


def test_a_commit_that_only_adds_files_is_no_task(repository):
    repository.commit("Add", a_py=TEN)
    assert list(past_changes(repository.folder, 5)) == []


def test_every_second_commit_reaches_twice_as_far_back(repository):
    for number in range(5):
        repository.commit(f"Change {number}", a_py=f"value = {number}\n")
    messages = [change.message.strip() for change in past_changes(repository.folder, 2, every=2)]
    assert messages == ["Change 3", "Change 1"]


def test_find_knows_nothing_and_complete_all_but_one(repository):
    repository.commit("First", a_py=TEN, b_py=TEN)
    repository.commit("Change", a_py=TEN + "x\n", b_py=TEN + "x\n")
    change = next(past_changes(repository.folder, 1))
    find, complete = tasks_of(change, {"a.py": 1, "b.py": 1, "start.txt": 1})
    assert (find.kind, find.deliverables, set(find.wanted)) == ("find", (), {"a.py", "b.py"})
    assert {*complete.deliverables, *complete.wanted} == {"a.py", "b.py"}
    assert len(complete.wanted) == 1


def test_files_that_no_index_has_are_not_asked_for(repository):
    repository.commit("First", a_py=TEN, b_py=TEN)
    repository.commit("Change", a_py=TEN + "x\n", b_py=TEN + "x\n")
    change = next(past_changes(repository.folder, 1))
    assert [task.kind for task in tasks_of(change, {"a.py": 1})] == ["find"]
    assert list(tasks_of(change, {})) == []


def test_the_workspace_is_what_it_was_and_knows_no_future(repository, tmp_path):
    first = repository.commit("First", a_py="one\n")
    repository.commit("Second", a_py="two\n", b_py="new\n")
    workspace = PastWorkspace(repository.folder, tmp_path / "past")
    workspace.put_to("HEAD")
    workspace.put_to(first)
    assert (workspace.folder / "a.py").read_text() == "one\n"
    assert not (workspace.folder / "b.py").exists()
    assert repository.git("--git-dir", str(workspace.folder / ".git"), "rev-parse", "HEAD") == first
