from __future__ import annotations

import pytest

from ndjson.aliases import ALIASES, REMARKS, canonical_fields, joined_lines
from ndjson.errors import InvalidOperation


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_an_alias_is_another_name(alias, name):
    assert canonical_fields({alias: "x"}) == {name: "x"}
    assert canonical_fields({alias: "x", name: "x"}) == {name: "x"}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_two_names_with_different_values_are_refused(alias, name):
    with pytest.raises(InvalidOperation, match=f"'{name}' differ"):
        canonical_fields({name: "x", alias: "y"})


def test_remarks_are_passed_over():
    assert canonical_fields({**dict.fromkeys(REMARKS, "x"), "path": "a"}) == {"path": "a"}


@pytest.mark.parametrize(
    ("lines", "content"), [([], ""), ([""], "\n"), (["a"], "a\n"), (["a", "", "b"], "a\n\nb\n")]
)
def test_lines_are_joined_with_a_final_line_break(lines, content):
    assert joined_lines({"lines": lines}) == {"content": content}


def test_lines_may_stand_beside_the_same_content():
    assert joined_lines({"lines": ["a"], "content": "a\n"}) == {"content": "a\n"}


@pytest.mark.parametrize("fields", [{"lines": "a"}, {"lines": [1]}, {"lines": [], "content": "a"}])
def test_other_lines_are_refused(fields):
    with pytest.raises(InvalidOperation):
        joined_lines(fields)
