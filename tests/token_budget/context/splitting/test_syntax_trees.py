from __future__ import annotations

import pytest

from token_budget.context.outline_entries import written_outline
from token_budget.context.splitting.blocks import ChunkSize, chunk_lines
from token_budget.context.splitting.grammars import installed_grammars, parse
from token_budget.context.splitting.syntax_trees import syntax_blocks, syntax_outline

CASES = {
    "javascript": (
        "export class Shelf extends Base {\n  take(n) {\n    return n\n  }\n}\n"
        "const put = (x) => {\n  x()\n}\n",
        ["Shelf", "Shelf.take", "put"],
        "1: export class Shelf extends Base\n2:   take(n)\n6: const put = (x) =>\n",
    ),
    "typescript": (
        "interface Book {\n  title: string\n}\n"
        "export type Id = string\nfunction one(a: Book): Id {\n  return ''\n}\n",
        ["Book", "Id", "one"],
        "1: interface Book\n4: export type Id = string\n5: function one(a: Book): Id\n",
    ),
    "go": (
        "package a\n\ntype Shelf struct {\n  n int\n}\n\n"
        "func (s *Shelf) Take(n int) error {\n  return nil\n}\n",
        ["Shelf", "Take"],
        "3: type Shelf struct\n7: func (s *Shelf) Take(n int) error\n",
    ),
    "rust": (
        "impl Shelf {\n    pub fn take(&self) -> u8 {\n        1\n    }\n}\nmod inner;\n",
        ["Shelf", "Shelf.take", "inner"],
        "1: impl Shelf\n2:   pub fn take(&self) -> u8\n6: mod inner;\n",
    ),
    "java": (
        "class Shelf {\n  int n;\n  @Override\n  public int take(int n) {\n    return n;\n  }\n}\n",
        ["Shelf", "Shelf.take"],
        "1: class Shelf\n2:   int n;\n3:   @Override public int take(int n)\n",
    ),
    "c": (
        "struct shelf {\n  int n;\n};\nstatic int *take(int n) {\n  return 0;\n}\n",
        ["shelf", "take"],
        "1: struct shelf\n4: static int *take(int n)\n",
    ),
    "ruby": (
        "module Library\n  class Shelf\n    def take(n)\n      n\n    end\n  end\nend\n",
        ["Library", "Library.Shelf", "Library.Shelf.take"],
        None,
    ),
}


def names(source, language):
    found = []

    def walk(blocks, depth=0):
        for block in blocks:
            if block.name and block.name not in found:
                found.append(block.name)
            if depth < 4:
                walk(block.children(), depth + 1)

    walk(syntax_blocks(parse(language, source)))
    return found


def needs(language):
    if language not in installed_grammars():
        pytest.skip(f"no grammar for {language}")


@pytest.mark.parametrize("language", CASES)
def test_definitions_are_named_at_every_depth(language):
    needs(language)
    source, expected, _ = CASES[language]
    assert set(expected) <= set(names(source, language))


@pytest.mark.parametrize("language", [language for language in CASES if CASES[language][2]])
def test_an_outline_has_the_signatures(language):
    needs(language)
    source, _, expected = CASES[language]
    written = written_outline(syntax_outline(parse(language, source), source.split("\n")))
    lines = [line.rstrip() for line in written.splitlines()]
    for line in expected.splitlines():
        assert line in lines


def test_a_class_is_split_between_its_methods():
    needs("javascript")
    method = "  m() {\n    a()\n    b()\n  }\n\n"
    source = "class A {\n" + method * 4 + "}\n"
    lines = source.split("\n")
    chunks = chunk_lines(lines, syntax_blocks(parse("javascript", source)), ChunkSize(lines=7))
    assert all(lines[chunk.first - 1].strip() in {"class A {", "m() {"} for chunk in chunks)


def test_a_source_full_of_errors_is_split_all_the_same():
    needs("rust")
    source = "}}}} fn (( {{{\n" * 50
    chunks = chunk_lines(source.split("\n"), syntax_blocks(parse("rust", source)))
    assert chunks[-1].last == 51
