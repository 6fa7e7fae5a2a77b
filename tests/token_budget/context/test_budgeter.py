from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from estimators.deliverable import Deliverable
from tests.embedding_server import DIMENSION, EmbeddingServer, status
from tests.workspaces import GUIDE, MODULES, fill, greeting_phase, module
from token_budget.context.artifact_files import write_artifact
from token_budget.context.artifacts import Artifact
from token_budget.context.budget import ContextBudget
from token_budget.context.budgeter import ContextBudgeter
from token_budget.context.embeddings.http_embedder import HttpEmbedder
from token_budget.context.embeddings.openai_compatible import OpenAICompatible
from token_budget.context.embeddings.vector_cache import VectorCache
from token_budget.counting import TokenCounter
from token_budget.errors import ConfigError, PinnedFilesTooLarge, WorkspaceError

COUNTER = TokenCounter()
LOG = "built again\n" * 400


@pytest.fixture
def workspace(make_repository):
    return fill(make_repository("workspace")).folder


@pytest.fixture
def words():
    """A server that embeds."""
    started = EmbeddingServer()
    yield started
    started.close()


def embedder_of(server):
    return HttpEmbedder(OpenAICompatible(server.url, "words", DIMENSION))


def select(workspace, tokens, phase=None, **settings):
    budgeter = ContextBudgeter(workspace, COUNTER, **settings)
    return chosen(budgeter, tokens, phase)


def chosen(budgeter, tokens, phase=None, **more):
    budget = ContextBudget(tokens, count=COUNTER.count, **more)
    return budgeter.select(phase or greeting_phase(), (), budget)


def reasons(selection):
    return {one.path: one.reason for one in selection.left_out}


def paths(selection):
    return {one.path for one in selection.items}


def test_what_a_phase_is_about_comes_before_the_rest(workspace):
    found = select(workspace, 3_000)
    assert [one.path for one in found.items[:2]] == ["src/module_1.py", "src/module_2.py"]
    assert "def greet_1_3(" in found.rendered
    assert "def greet_2_4(" in found.rendered
    assert COUNTER.count(found.rendered) == found.tokens <= 3_000
    assert found.considered == MODULES + 1


def test_history_has_its_say(workspace):
    found = select(workspace, 3_000)
    assert found.history.startswith("4 commits")
    assert "recent changes" in found.items[0].signals


def test_the_same_is_chosen_by_a_new_budgeter_and_by_an_old_one(workspace):
    budgeter = ContextBudgeter(workspace, COUNTER)
    first = chosen(budgeter, 2_000)
    assert chosen(budgeter, 2_000) == first == select(workspace, 2_000)


def test_a_file_that_changed_between_two_phases_is_read_again(workspace):
    budgeter = ContextBudgeter(workspace, COUNTER)
    before = chosen(budgeter, 30_000)
    (workspace / "docs/guide.md").write_text("# Guide\n\nBow before you greet.\n")
    after = chosen(budgeter, 30_000)
    assert "How to greet people" in before.rendered
    assert "How to greet people" not in after.rendered
    assert "Bow before you greet" in after.rendered
    assert before.shown["docs/guide.md"] != after.shown["docs/guide.md"]


def test_progress_is_told_while_files_are_read(workspace):
    seen = []
    budgeter = ContextBudgeter(workspace, COUNTER)
    budget = ContextBudget(100, count=COUNTER.count)
    budgeter.select(greeting_phase(), (), budget, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (MODULES + 1, MODULES + 1)


def test_an_empty_workspace_shows_nothing_and_says_so(tmp_path):
    found = select(tmp_path, 1_000)
    assert (found.rendered, found.tokens, found.items, found.considered) == ("", 0, (), 0)


def test_without_git_the_rules_of_gitignore_hold(tmp_path):
    (tmp_path / "kept.py").write_text("KEPT = 1\n")
    (tmp_path / "built.py").write_text("BUILT = 1\n")
    (tmp_path / ".gitignore").write_text("built.py\n")
    found = select(tmp_path, 1_000)
    assert "KEPT" in found.rendered
    assert "BUILT" not in found.rendered
    assert found.history.startswith("0 commits")


@pytest.mark.parametrize("place", ["missing", "a file"])
def test_a_workspace_that_is_no_folder_is_an_error(tmp_path, place):
    (tmp_path / "a file").write_text("x")
    with pytest.raises(WorkspaceError, match="expected"):
        select(tmp_path / place, 1_000)


def test_a_workspace_that_is_deleted_meanwhile_is_an_error(workspace):
    budgeter = ContextBudgeter(workspace, COUNTER)
    workspace.rename(workspace.with_name("elsewhere"))
    with pytest.raises(WorkspaceError):
        chosen(budgeter, 1_000)


def test_links_in_circles_are_told_and_not_followed(workspace):
    (workspace / "loop").symlink_to("loop")
    (workspace / "src" / "up").symlink_to("..")
    (workspace / "gone").symlink_to("nowhere")
    found = select(workspace, 30_000)
    assert reasons(found)["loop"] == "symbolic link in a loop"
    assert reasons(found)["gone"] == "broken symbolic link"
    assert "src/up" in reasons(found)
    assert found.considered == MODULES + 1


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig"])
def test_sources_in_other_encodings_are_read(tmp_path, encoding):
    text = "# Grüße aus Köln\nGREETING = 'Schöne Grüße'\n" * 3
    (tmp_path / "greeting.py").write_bytes(text.encode(encoding))
    found = select(tmp_path, 1_000)
    assert "Schöne Grüße" in found.rendered
    assert "\0" not in found.rendered


def test_a_name_that_is_not_utf_8_is_told(workspace):
    Path(os.fsdecode(os.fsencode(workspace) + b"/caf\xe9.py")).write_text("X = 1\n")
    found = select(workspace, 30_000)
    assert "not UTF-8 name" in reasons(found).values()


def test_a_log_full_of_holes_is_told_and_not_read(workspace):
    with (workspace / "huge.log").open("wb") as file:
        file.truncate(2 * 1024**3)
    assert reasons(select(workspace, 1_000))["huge.log"].startswith("larger than")


def test_a_workspace_that_is_unreadable_in_part_is_used_for_the_rest(workspace, monkeypatch):
    """Root reads everything, so the system's refusal is put in its place."""
    forbid(monkeypatch, workspace / "src/module_1.py")
    found = select(workspace, 30_000)
    assert "src/module_1.py" not in paths(found)
    assert "unreadable" in reasons(found)["src/module_1.py"]
    assert "src/module_2.py" in paths(found)


def forbid(monkeypatch, file):
    """Make opening one file fail as it does without permission."""
    opened = os.open

    def refusing(path, *arguments, **more):
        if os.fspath(path) == str(file):
            raise PermissionError(13, "Permission denied", str(file))
        return opened(path, *arguments, **more)

    monkeypatch.setattr(os, "open", refusing)


def test_a_pinned_file_that_is_ignored_by_git_is_shown(workspace):
    (workspace / ".gitignore").write_text("*.local\n")
    (workspace / "secret.local").write_text("PINNED = 1\n")
    assert "PINNED" not in select(workspace, 30_000).rendered
    phase = greeting_phase(pinned=["secret.local"])
    assert "PINNED" in select(workspace, 30_000, phase).rendered


def test_pinned_files_that_do_not_fit_are_cut_with_a_warning_or_refused(workspace):
    budgeter = ContextBudgeter(workspace, COUNTER)
    pinned = ["src/module_0.py", "src/module_3.py"]
    phase = greeting_phase(pinned=pinned)
    found = chosen(budgeter, 1_000, phase)
    assert found.tokens <= 1_000
    assert sum("is pinned and does not fit whole" in one for one in found.warnings) == 2
    with pytest.raises(PinnedFilesTooLarge) as caught:
        chosen(budgeter, 1_000, phase, strict=True)
    assert caught.value.budget == 1_000
    assert list(caught.value.needed) == pinned


def test_phases_that_read_the_same_file_begin_alike(workspace):
    budgeter, pinned = ContextBudgeter(workspace, COUNTER), "src/module_3.py"
    written = [(Deliverable(path),) for path in ("src/module_0.py", "src/module_1.py")]
    budget = ContextBudget(9_000, count=COUNTER.count)
    one, other = (
        budgeter.select(greeting_phase(pinned=[pinned]), deliverables, budget).rendered
        for deliverables in written
    )
    assert one != other
    text = (workspace / pinned).read_text()
    end = one.index(text) + len(text)
    assert one[:end] == other[:end]


def test_a_pinned_file_that_is_there_and_not_read_is_a_warning_or_refused(workspace):
    (workspace / "logo.dat").write_bytes(b"\0" * 10)
    budgeter = ContextBudgeter(workspace, COUNTER)
    phase = greeting_phase(pinned=["logo.dat", "gone.py"])
    found = chosen(budgeter, 9_000, phase)
    assert "logo.dat is pinned and not shown: binary" in found.warnings
    with pytest.raises(PinnedFilesTooLarge, match=r"^logo\.dat is pinned: binary") as caught:
        chosen(budgeter, 9_000, phase, strict=True)
    assert caught.value.unread == {"logo.dat": "binary"}
    assert caught.value.needed == {}


def test_an_embedder_has_its_say(workspace, words):
    with embedder_of(words) as embedder:
        found = select(workspace, 3_000, embedder=embedder)
    assert (found.mode, found.reason) == ("embedded", "")
    used = found.embedding
    assert used.misses == used.texts_embedded > 0
    assert used.calls == len(words.requests) > 0
    assert used.cap == -1


def test_what_was_embedded_once_is_never_asked_for_again(workspace, words):
    with embedder_of(words) as embedder:
        first = select(workspace, 3_000, embedder=embedder)
        asked = len(words.requests)
        second = select(workspace, 3_000, embedder=embedder)
    assert len(words.requests) == asked
    assert (second.embedding.calls, second.embedding.misses) == (0, 0)
    assert second.embedding.hits == first.embedding.texts_embedded
    assert second.rendered == first.rendered


def test_vectors_may_be_kept_somewhere_else(workspace, words, tmp_path):
    elsewhere = VectorCache.opened(f"sqlite:///{tmp_path / 'vectors.db'}")
    with embedder_of(words) as embedder:
        select(workspace, 3_000, embedder=embedder, vectors=elsewhere)
        asked = len(words.requests)
        found = select(workspace, 3_000, embedder=embedder)
        assert found.embedding.hits == 0
        assert len(words.requests) > asked
        asked = len(words.requests)
        select(workspace, 3_000, embedder=embedder, vectors=elsewhere)
    assert len(words.requests) == asked


def test_a_state_that_cannot_be_kept_costs_time_and_no_context(workspace):
    expected = select(workspace, 3_000).rendered
    shutil.rmtree(workspace / ".token-budget")
    (workspace / ".token-budget").write_text("in the way\n")
    found = select(workspace, 3_000)
    assert found.rendered == expected
    assert any("kept in memory" in one for one in found.warnings)


def test_a_database_of_vectors_that_is_down_is_a_warning_without_its_password(workspace, words):
    url = "postgresql+psycopg://ada:hidden@127.0.0.1:9/vectors"
    with embedder_of(words) as embedder:
        found = select(workspace, 3_000, embedder=embedder, vectors=VectorCache.opened(url))
    assert found.mode == "embedded"
    assert any("vectors are kept in memory" in one for one in found.warnings)
    assert "hidden" not in " ".join(found.warnings)


@pytest.mark.parametrize(
    ("cap", "mode", "calls"), [(0, "lexical", False), (5, "lexical", True), (-1, "embedded", True)]
)
def test_a_cap_is_kept_to_and_said(workspace, words, cap, mode, calls):
    with embedder_of(words) as embedder:
        found = select(workspace, 3_000, embedder=embedder, embedding_cap=cap)
    assert found.mode == found.embedding.mode == mode
    assert found.embedding.cap == cap
    assert bool(words.requests) == calls
    assert cap < 0 or sum(len(one["input"]) for one in words.requests) <= cap
    assert bool(found.reason) == (mode == "lexical")


def test_a_cap_is_of_a_phase_and_not_of_all_of_them(workspace, words):
    with embedder_of(words) as embedder:
        budgeter = ContextBudgeter(workspace, COUNTER, embedder=embedder, embedding_cap=5)
        taken = [chosen(budgeter, 3_000).embedding.texts_embedded for _ in range(2)]
    assert taken == [5, 5]


def test_a_cap_that_is_none_is_refused(workspace):
    with pytest.raises(ConfigError):
        ContextBudgeter(workspace, COUNTER, embedding_cap=-2)


def test_an_outage_is_said_and_nothing_of_it_is_kept(workspace, words):
    lexical = select(workspace, 3_000)
    with embedder_of(words) as embedder:
        words.fault = status(500)
        broken = select(workspace, 3_000, embedder=embedder)
        words.fault = None
        healthy = select(workspace, 3_000, embedder=embedder)
    assert broken.mode == "lexical"
    assert "HTTP 500" in broken.reason
    assert broken.embedding.calls == 1
    assert broken.rendered == lexical.rendered
    assert (healthy.mode, healthy.embedding.hits) == ("embedded", 0)


@pytest.fixture
def summarised(workspace):
    """The workspace with a long log and a summary of it."""
    (workspace / "HISTORY.md").write_text(LOG)
    sha256 = hashlib.sha256(LOG.encode()).hexdigest()
    write_artifact(workspace, "run", Artifact("HISTORY.md", sha256, "It was built often."))
    return workspace


def test_a_summary_stands_in_for_a_file_that_is_only_read(summarised):
    phase = greeting_phase(pinned=["HISTORY.md"])
    found = select(summarised, 30_000, phase, artifacts=True)
    assert "It was built often." in found.rendered
    assert "built again" not in found.rendered
    assert found.substitutions.paths == ("HISTORY.md",)
    assert "HISTORY.md" not in found.shown


def test_summaries_are_off_unless_they_are_asked_for(summarised):
    found = select(summarised, 30_000, greeting_phase(pinned=["HISTORY.md"]))
    assert "built again" in found.rendered
    assert found.substitutions.count == 0


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"run_id": "another"}, id="of another run"),
        pytest.param({"run_id": ""}, id="of no run"),
        pytest.param({"phase_id": "run", "run_id": "another"}, id="named like the phase"),
        pytest.param({"scope": {}}, id="of a file that may be written"),
    ],
)
def test_a_summary_is_not_used(summarised, fields):
    phase = greeting_phase(pinned=["HISTORY.md"], **fields)
    found = select(summarised, 30_000, phase, artifacts=True)
    assert "It was built often." not in found.rendered
    assert found.substitutions.count == 0


def test_a_summary_of_what_a_file_said_before_is_not_used(summarised):
    (summarised / "HISTORY.md").write_text(LOG + "and once more\n")
    phase = greeting_phase(pinned=["HISTORY.md"])
    found = select(summarised, 30_000, phase, artifacts=True)
    assert "and once more" in found.rendered
    assert "It was built often." not in found.rendered


def test_a_run_whose_name_is_a_path_is_refused_where_summaries_are_used(summarised):
    phase = greeting_phase(run_id="../run")
    assert select(summarised, 1_000, phase).tokens
    with pytest.raises(ConfigError):
        select(summarised, 1_000, phase, artifacts=True)


def test_the_state_of_the_library_is_never_shown(summarised):
    found = select(summarised, 30_000, greeting_phase(pinned=["."]))
    assert not any(path.startswith(".token-budget") for path in paths(found))
    assert GUIDE in found.rendered
    assert module(0).splitlines()[0] in found.rendered


def report_of(workspace, path, text):
    file = workspace / ".autonomous_runs/run" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return str(file.relative_to(workspace))


def test_a_report_of_an_earlier_program_stands_for_the_file_and_content_it_names(summarised):
    shutil.rmtree(summarised / ".token-budget/runs")
    digest = hashlib.sha256((summarised / "HISTORY.md").read_bytes()).hexdigest()
    front = f"---\npath: HISTORY.md\nsha256: {digest}\n---\n"
    report_of(summarised, "phases/phase_00_greet.md", f"{front}Greeted, and logged it.\n")
    phase = greeting_phase(pinned=["HISTORY.md"])
    found = select(summarised, 30_000, phase, artifacts=True)
    assert found.substitutions.paths == ("HISTORY.md",)
    assert "Greeted, and logged it." in found.rendered
    assert "built again" not in found.rendered


def test_reports_that_say_not_what_they_are_about_are_told_and_not_used(summarised):
    shutil.rmtree(summarised / ".token-budget/runs")
    report_of(summarised, "run_summary.md", "# Run Summary: run\n\nHISTORY.md was written.\n")
    phase = greeting_phase(pinned=["HISTORY.md"])
    found = select(summarised, 30_000, phase, artifacts=True)
    assert found.substitutions.count == 0
    assert "built again" in found.rendered
    assert any("1 reports of the run do not say" in one for one in found.warnings)


def test_of_a_report_that_a_phase_refers_to_the_first_part_is_shown(summarised):
    paragraphs = "\n\n".join(f"Paragraph {number}. " + "word " * 80 for number in range(50))
    path = report_of(summarised, "phases/phase_00_greet.md", paragraphs)
    phase = greeting_phase(pinned=[path])
    found = select(summarised, 30_000, phase, artifacts=True)
    assert found.substitutions.paths == (path,)
    assert "Paragraph 0." in found.rendered
    assert "Paragraph 49." not in found.rendered
    assert path in {one.path for one in select(summarised, 30_000, phase).items}
