from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from token_budget.context.artifacts import Artifact, substitutions
from token_budget.context.budget import ContextBudget
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.errors import PinnedFilesTooLarge
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import ContextQuery, query_for
from token_budget.context.selection import PINNED, select_context
from token_budget.context.sources import Sources
from token_budget.context.values import LeftOut
from token_budget.counting import TokenCounter
from token_budget.spec import Phase

COUNT = TokenCounter().count
PARSER = "".join(
    f"def parse_{number}(line):\n    return line + {number}\n\n\n" for number in range(80)
)
FILES = {
    "src/parser.py": PARSER,
    "src/reader.py": "def read(path):\n    return path.read_text()\n",
    "docs/guide.md": "# Guide\n\nHow to read.\n",
    "log.md": "built again\n" * 300,
}


def index_of(folder, files):
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    made = ChunkIndex(folder, CacheDatabase("sqlite://", INDEX_PART), jobs=1)
    made.refresh()
    return made


@pytest.fixture
def index(tmp_path):
    made = index_of(tmp_path, FILES)
    yield made
    made.close()


def allowed(tokens, **more):
    return ContextBudget(tokens, **{"count": COUNT} | more)


def asked(text="Read the guide", **more):
    return replace(query_for(Phase(phase_id="x", description=text)), **more)


def select(index, query, tokens, **more):
    return select_context(query, Sources(index), allowed(tokens, **more))


def forms(selection):
    return {item.path: item.form for item in selection.items}


def test_everything_goes_in_where_there_is_room(index):
    found = select(index, asked(), 20_000)
    assert set(forms(found).values()) == {"whole"}
    assert found.rendered.count("<file") == len(FILES)
    assert found.tokens == COUNT(found.rendered)
    assert found.mode == "lexical"
    assert found.considered == len(FILES)


def test_what_is_shown_whole_is_told_with_its_hash(index):
    found = select(index, asked(), 400)
    assert found.shown
    assert all(index.files()[path].sha256 == sha256 for path, sha256 in found.shown.items())
    assert found.shown.keys() == {path for path, form in forms(found).items() if form == "whole"}


def test_parts_of_a_large_file_go_in_by_their_lines(index):
    found = select(index, asked("Make parse_7 strict"), 700)
    (item,) = [item for item in found.items if item.path == "src/parser.py"]
    assert item.form == "chunks"
    assert "def parse_7(" in found.rendered
    assert "left out]" in found.rendered
    assert item.signals


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tokens=st.integers(0, 3_000),
    rate=st.floats(0.3, 3.0),
    files=st.dictionaries(
        st.sampled_from(["a.py", "b.md", "c d.txt", 'e".js', "f/g.go"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=2_000),
        max_size=5,
    ),
    pinned=st.lists(st.sampled_from(["a.py", "b.md", "gone.py", "f"]), max_size=3),
)
def test_the_section_never_exceeds_its_budget(tmp_path_factory, tokens, rate, files, pinned):
    index = index_of(tmp_path_factory.mktemp("workspace"), files)

    def count(text):
        return round(COUNT(text) * rate)

    query = asked("a b c", deliverables=tuple(pinned[:1]), read_only=tuple(pinned[1:]))
    found = select(index, query, tokens, count=count)
    assert count(found.rendered) == found.tokens <= tokens
    index.close()


def test_pinned_files_come_first_whatever_their_rank(index):
    found = select(index, asked("Make parse_7 strict", read_only=("docs/guide.md",)), 700)
    assert found.items[0].path == "docs/guide.md"
    assert found.items[0].signals[0] == PINNED
    assert found.rendered.index("guide.md") < found.rendered.index("parser.py")


def test_a_pinned_file_that_does_not_fit_is_cut_with_a_warning(index):
    found = select(index, asked("Make parse_7 strict", deliverables=("src/parser.py",)), 900)
    assert forms(found)["src/parser.py"] == "chunks"
    assert "def parse_7(" in found.rendered
    assert any("src/parser.py is pinned and does not fit whole" in one for one in found.warnings)


def test_in_strict_mode_it_is_an_error_with_the_numbers(index):
    query = asked(deliverables=("src/parser.py",))
    with pytest.raises(PinnedFilesTooLarge) as caught:
        select(index, query, 900, strict=True)
    assert caught.value.budget == 900
    assert caught.value.needed["src/parser.py"] > 900


def test_in_strict_mode_what_fits_is_no_error(index):
    found = select(index, asked(deliverables=("src/reader.py",)), 200, strict=True)
    assert forms(found)["src/reader.py"] == "whole"


def test_an_empty_pinned_file_is_shown_whole(tmp_path):
    index = index_of(tmp_path, {"__init__.py": "", "a.py": "x = 1\n"})
    query = asked(deliverables=("__init__.py",), read_only=("a.py",))
    found = select(index, query, 500, strict=True)
    assert forms(found) == {"__init__.py": "whole", "a.py": "whole"}
    assert '<file path="__init__.py">\n</file>' in found.rendered
    assert set(found.shown) == {"__init__.py", "a.py"}
    assert found.warnings == ()
    index.close()


def test_a_pin_that_names_nothing_is_told(index):
    found = select(index, asked(read_only=("gone.md",)), 500)
    assert [one.path for one in found.left_out] == ["gone.md"]
    assert "gone.md is pinned and not shown: not there" in found.warnings


def test_a_pin_that_was_left_out_is_told_once_with_its_reason(index):
    left_out = [LeftOut("huge.log", "larger than 9 bytes")]
    budget = allowed(500)
    query = asked(deliverables=("huge.log",), read_only=("huge.log",))
    found = select_context(query, Sources(index), budget, left_out=left_out)
    assert list(found.left_out) == left_out
    assert found.warnings == ("huge.log is pinned and not shown: larger than 9 bytes",)


def test_a_pinned_file_that_changed_after_it_was_indexed_is_told_in_a_warning(index):
    (index.root / "docs/guide.md").write_text("Something else.\n")
    found = select(index, asked(read_only=("docs/guide.md",)), 2_000)
    assert found.warnings == ("docs/guide.md is pinned and not shown: changed while it was read",)


def test_a_file_that_changed_after_it_was_indexed_is_left_out_and_told(index):
    (index.root / "docs/guide.md").write_text("Something else.\n")
    os.utime(index.root / "docs/guide.md", (1, 1))
    found = select(index, asked(), 20_000)
    assert "docs/guide.md" not in forms(found)
    assert "Something else" not in found.rendered
    assert ("docs/guide.md", "changed while it was read") in {
        (one.path, one.reason) for one in found.left_out
    }


def test_a_price_that_rises_is_told(index):
    found = select(index, asked(), 2_000, soft_cap=100)
    assert found.over_soft_cap
    assert any("price" in one for one in found.warnings)
    assert not select(index, asked(), 2_000, soft_cap=5_000).over_soft_cap


def test_a_summary_stands_in_for_a_file(index):
    file = index.files()["log.md"]
    artifact = Artifact("log.md", file.sha256, "It was built.")
    stand_in = substitutions([artifact], index.files(), frozenset({"log.md"}), COUNT)
    query = asked(read_only=("log.md",))
    found = select_context(query, Sources(index), allowed(5_000), substitutions=stand_in)
    assert '<summary path="log.md">\nIt was built.' in found.rendered
    assert "built again" not in found.rendered
    assert "log.md" not in forms(found)
    assert found.substitutions.paths == ("log.md",)


def test_no_summary_stands_in_for_a_deliverable(index):
    artifact = Artifact("log.md", index.files()["log.md"].sha256, "It was built.")
    stand_in = substitutions([artifact], index.files(), frozenset({"log.md"}), COUNT)
    query = asked(deliverables=("log.md",))
    found = select_context(query, Sources(index), allowed(5_000), substitutions=stand_in)
    assert forms(found)["log.md"] == "whole"
    assert found.substitutions.count == 0


def test_no_budget_shows_nothing(index):
    found = select(index, asked(), 0)
    assert (found.rendered, found.tokens, found.items) == ("", 0, ())


def test_the_selection_is_the_same_every_time(index):
    assert select(index, asked(), 800) == select(index, asked(), 800)


@pytest.mark.parametrize("wrong", [{"tokens": -1}, {"pinned_share": 0.0}, {"pinned_share": 1.5}])
def test_a_budget_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        allowed(**{"tokens": 10} | wrong)


def test_how_much_history_was_heard_is_told(index):
    assert select(index, asked(), 500).history == "0 commits; no history was given"


def test_the_selection_does_not_depend_on_how_python_hashes(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    printed = {rendered_elsewhere(tmp_path, seed) for seed in ("1", "2")}
    assert len(printed) == 1
    assert "parser.py" in printed.pop()


def rendered_elsewhere(folder, seed):
    """The section that another process with its own hash seed writes."""
    script = """
import sys
from pathlib import Path
from token_budget.context.budget import ContextBudget
from token_budget.context.cache_database import CacheDatabase
from token_budget.context.index import ChunkIndex
from token_budget.context.index_store import INDEX_PART
from token_budget.context.query import query_for
from token_budget.context.selection import select_context
from token_budget.context.sources import Sources
from token_budget.spec import Phase

index = ChunkIndex(Path(sys.argv[1]), CacheDatabase("sqlite://", INDEX_PART), jobs=1)
index.refresh()
budget = ContextBudget(600, count=len)
query = query_for(Phase(phase_id="x", description="Read the parser guide strictly"))
print(select_context(query, Sources(index), budget).rendered)
"""
    root = Path(__file__).resolve().parents[3]
    return subprocess.run(
        [sys.executable, "-c", script, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
    ).stdout


def test_an_empty_query_is_no_error(index):
    assert select_context(ContextQuery("", {}), Sources(index), allowed(500)).tokens <= 500
