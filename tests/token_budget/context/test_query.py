from __future__ import annotations

from estimators.deliverable import Deliverable
from token_budget.context.query import (
    ASIDE_WEIGHT,
    TEXT_WEIGHT,
    TITLE_WEIGHT,
    clean,
    identifiers_of,
    names_of,
    query_for,
)
from token_budget.spec import Phase, Scope


def test_words_of_the_title_and_of_the_first_line_count_most():
    query = query_for(Phase(phase_id="x", display_name="Cache", description="Count\n\nslowly"))
    assert query.words["cache"] == query.words["count"] == TITLE_WEIGHT
    assert query.words["slowly"] == TEXT_WEIGHT


def test_a_word_counts_by_its_best_place_and_repetition_adds_nothing():
    query = query_for(Phase(phase_id="x", description="Cache\ncache cache", goal="cache"))
    assert query.words == {"cache": TITLE_WEIGHT}


def test_what_other_phases_have_too_counts_little():
    query = query_for(Phase(phase_id="billing", goal="invoices", task_category="backend"))
    assert query.words == {
        "billing": ASIDE_WEIGHT,
        "invoice": ASIDE_WEIGHT,
        "backend": ASIDE_WEIGHT,
    }
    assert query.text == ""


def test_deliverables_give_their_paths_and_notes():
    written = [Deliverable("src/parser.py", "rename", new_path="src/reader.py", note="tolerant")]
    query = query_for(Phase(phase_id="x", acceptance_criteria=["never crashes"]), written)
    assert query.deliverables == ("src/parser.py", "src/reader.py")
    assert {"parser", "reader", "tolerant", "never", "crashe"} & query.words.keys() >= {
        "parser",
        "reader",
        "tolerant",
    }


def test_prose_without_a_path_gives_its_text():
    query = query_for(Phase(phase_id="x"), [Deliverable(None, text="a migration guide")])
    assert query.deliverables == ()
    assert "migration" in query.words


def test_paths_of_the_scope_are_tidied_and_each_stands_once():
    scope = Scope(read_only_context=["./docs/", "docs"], paths=["src/"])
    query = query_for(Phase(phase_id="x", scope=scope))
    assert (query.read_only, query.scope) == (("docs",), ("src",))


def test_what_is_written_as_code_is_known_as_such():
    found = identifiers_of("Make `retry` use max_tokens, parseLine and BudgetPolicy.plan in run()")
    assert {"retry", "maxtoken", "max_tokens", "parseline", "budgetpolicy", "run"} & found >= {
        "retry",
        "parseline",
        "run",
    }
    assert "make" not in found


def test_names_are_lower_case_paths_without_their_end_of_sentence():
    assert {"src/a.py", "readme.md", "parser"} <= names_of("See ./src/A.py, README.md. Parser!")


def test_names_keep_the_dot_that_they_begin_with():
    text = "Add .github/workflows/CI.yml, ../.gitignore, ./.env and ...README.md"
    names = {".github/workflows/ci.yml", ".gitignore", ".env", "readme.md"}
    assert names <= names_of(text)


def test_trailers_and_addresses_are_no_part_of_the_text():
    text = "Fix it\n\nSee https://example.org/issues/7\nCo-authored-by: A <a@example.org>"
    assert clean(text) == "Fix it\n\nSee"
