from __future__ import annotations

import pytest

from token_budget.context.definitions import defined_name, defined_names, plain_outline
from token_budget.context.outline_entries import ENTRY_CHARACTERS, OutlineEntry, written_outline


@pytest.mark.parametrize(
    ("line", "language", "name"),
    [
        ("    async def take(self):", "python", "take"),
        ("export default class Shelf extends Base {", "javascript", "Shelf"),
        ("export const take = async (n) => {", "typescript", "take"),
        ("func (s *Shelf) Take(n int) error {", "go", "Take"),
        ("pub(crate) fn take<T>(n: T) -> u8 {", "rust", "take"),
        ("  public static List<String> names(int n) {", "java", "names"),
        ("static int *take(char const *text)", "c", "take"),
        ("create table if not exists shelf (", "sql", "shelf"),
        (".shelf > .book {", "css", ".shelf > .book"),
        ("return take(n)", "java", ""),
        ("take(n);", "c", ""),
        ("const limit = 3", "javascript", ""),
        ("x" * 500, "c", ""),
    ],
)
def test_the_first_line_of_a_definition_gives_its_name(line, language, name):
    assert defined_name(line, language) == name


def test_an_outline_is_indented_as_the_lines_are():
    lines = ["class A {", "    def b", "class C {"]
    entries = plain_outline(lines, defined_names(lines, "groovy"))
    assert written_outline(entries) == "1: class A\n2:   def b\n3: class C\n"


def test_a_long_signature_is_cut_and_white_space_is_one_space():
    written = written_outline([OutlineEntry(7, 1, "def  f(\n" + "a, " * 200 + ")")])
    assert written.startswith("7:   def f( a, ")
    assert written.endswith("…\n")
    assert len(written) == len("7:   \n") + ENTRY_CHARACTERS
