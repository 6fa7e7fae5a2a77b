from __future__ import annotations

import ast
import textwrap

import pytest

from token_budget.context.outline_entries import written_outline
from token_budget.context.splitting.python_source import (
    all_statements,
    parse_python,
    python_blocks,
    python_outline,
)

SOURCE = textwrap.dedent('''\
    """What it is about.

    More of it.
    """
    import os

    LIMIT: int = 3


    @wrapped
    # a comment
    class Shelf(Base):
        """Holds books."""

        size = 1

        async def take(
            self,
            number: int,  # of the book
        ) -> None:
            """Take one."""
            def inner(): ...

    if os.name == "nt":
        def only_there(a, *, b=1): return a
    ''')


def outline(source):
    return written_outline(python_outline(parse_python(source), source.split("\n")))


def test_blocks_are_statements_with_their_decorators_and_full_names():
    blocks = {block.name: block for block in python_blocks(parse_python(SOURCE))}
    shelf = blocks["Shelf"]
    assert (shelf.first, shelf.last) == (10, 22)
    assert [block.name for block in shelf.children()] == ["", "", "Shelf.take"]
    assert blocks["LIMIT"].first == 7


def test_an_outline_has_signatures_and_first_lines_of_docstrings():
    assert outline(SOURCE) == textwrap.dedent('''\
        1: """What it is about."""
        12: class Shelf(Base):
        13:   """Holds books."""
        17:   async def take( self, number: int, # of the book ) -> None:
        21:     """Take one."""
        25: def only_there(a, *, b=1): return a
        ''')


def test_every_statement_is_found_once():
    tree = parse_python(
        SOURCE + "match x:\n  case 1:\n    import a\ntry:\n  y = lambda: 0\nexcept E:\n  z\n"
    )
    found = list(all_statements(tree))
    expected = [
        n for n in ast.walk(tree) if isinstance(n, ast.stmt | ast.ExceptHandler | ast.match_case)
    ]
    assert sorted(map(id, found)) == sorted(map(id, expected))


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:\n", "does not parse: line 1"),
        ("x = 1\n\0", "does not parse"),
        ("-" * 100_000 + "1", "does not parse"),
        ("print 'two'\n", "does not parse: line 1"),
    ],
)
def test_a_module_that_does_not_parse_says_why(source, reason):
    assert str(parse_python(source)).startswith(reason)


def test_a_warning_of_the_parser_is_the_authors_business():
    assert isinstance(parse_python("x = '\\d' is 1\n"), ast.Module)


def test_a_lone_carriage_return_ends_no_line():
    (block,) = python_blocks(parse_python("x = '''a\rb\nc'''\n"))
    assert (block.first, block.last) == (1, 2)
