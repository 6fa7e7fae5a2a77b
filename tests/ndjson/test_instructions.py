from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndjson import Create, Modify, Workspace, instructions, parse
from token_budget import TokenCounter

ACTIONS = ("create", "modify", "rename", "delete")
MOST_TOKENS = 600


@dataclass(frozen=True)
class Asked:
    action: str | None
    path: str | None = "a.py"


def asked(*actions):
    return instructions([Asked(action) for action in actions])


def example(text):
    """The lines after the last one that ends with a colon."""
    return text[text.rindex(":\n{") + 2 :]


def every_text():
    sets = product((False, True), repeat=len(ACTIONS))
    return {asked(*(a for a, on in zip(ACTIONS, one, strict=True) if on)) for one in sets}


@given(
    st.lists(
        st.builds(
            Asked,
            action=st.none() | st.sampled_from(ACTIONS) | st.text(),
            path=st.none() | st.text(),
        )
    )
)
def test_whatever_is_asked_for_the_text_is_one_of_a_handful(deliverables):
    assert instructions(deliverables) in every_text()


def test_every_text_is_short():
    count = TokenCounter().count
    assert max(map(count, every_text())) < MOST_TOKENS


@pytest.mark.parametrize("text", every_text())
def test_the_example_is_a_whole_answer_without_anything_to_tolerate(text):
    found = parse(example(text), "end_turn")
    assert not found.cut
    assert (found.rejected, found.notes, found.warnings) == ((), (), ())
    assert found.operations


def test_the_example_can_be_applied(tmp_path):
    (tmp_path / "src").mkdir()
    app = tmp_path / "src" / "app.py"
    app.write_text("import os\n\nlimit = 1\n", encoding="utf-8")
    found = parse(example(instructions()))
    assert [type(one) for one in found.operations] == [Create, Modify]
    assert Workspace(tmp_path).apply(found.operations).ok
    assert app.read_text(encoding="utf-8") == "import os\nfrom names import WORD\n\nlimit = 2\n"
    names = (tmp_path / "src" / "names.py").read_text(encoding="utf-8")
    assert names == 'import re\n\nWORD = re.compile("\\w+")\n'


@pytest.mark.parametrize("text", every_text())
def test_lines_may_stand_for_content(text):
    assert '"lines":["' in text


def test_a_phase_that_only_creates_is_told_of_nothing_else():
    text = asked("create", "create")
    for form in ("modify", "replace", "anchor", "rename", "delete", "overwrite"):
        assert form not in text


@pytest.mark.parametrize("action", ["modify", "rename", "delete"])
def test_a_phase_that_touches_an_existing_file_may_edit_and_create(action):
    text = asked(action)
    for form in ("create", "modify", "insert_after", action):
        assert f'"type":"{form}"' in text


@pytest.mark.parametrize("form", ["rename", "delete"])
def test_a_form_that_is_not_asked_for_is_left_out(form):
    others = [action for action in ACTIONS if action != form]
    assert f'"type":"{form}"' not in asked(*others)
    assert f'"type":"{form}"' in asked(*others, form)


@pytest.mark.parametrize("unknown", [Asked(None), Asked("create", path=None), Asked("move")])
def test_one_action_that_is_not_known_brings_every_form(unknown):
    assert instructions([Asked("create"), unknown]) == instructions() == asked(*ACTIONS)


def test_neither_order_nor_number_of_deliverables_changes_the_text():
    assert asked("rename", "create", "create") == asked("create", "rename")
