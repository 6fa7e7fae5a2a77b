from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from token_budget.context.imports.statements import MOST_STATEMENTS, import_statements
from token_budget.context.splitting.python_source import parse_python

CASES = [
    ("a.js", "javascript", "import a, {b} from './a'\nexport * from '../b'\n"
     "const c = require(\"c\")\nimport('d')\nimport 'e'",
     {"./a", "../b", "c", "d", "e"}),
    ("a.go", "go", 'import (\n\t"fmt"\n\tx "example.org/m/x"\n)\nimport "os"\n',
     {"fmt", "example.org/m/x", "os"}),
    ("a.rs", "rust", "pub mod inner;\n"
     "use crate::{a::{B, c::D}, e as f};\nuse super::g;\nmod tests { }\n",
     {"mod inner", "crate::a::B", "crate::a::c::D", "crate::e", "super::g"}),
    ("A.java", "java", "import a.b.C;\nimport static a.D.e;\nimport f.*;\n",
     {"a.b.C", "a.D.e", "f.*"}),
    ("a.c", "c", '#include "x/y.h"\n#  include <stdio.h>\n', {"x/y.h", "stdio.h"}),
    ("a.rb", "ruby", "require 'a/b'\nrequire_relative 'c'\n", {"a/b", "./c"}),
    ("a.php", "php", "use App\\Models\\Book;\nrequire_once __DIR__ . '/b.php';\n",
     {"App\\Models\\Book", "b.php"}),
    ("a.css", "css", '@import "b.css";', {"b.css"}),
    ("p/package.json", "json", '{"name": "@scope/p"}', {"=@scope/p"}),
    ("p/package.json", "json", "[not json", set()),
    ("Cargo.toml", "toml", '[package]\nversion = "1"\nname = "my-crate"\n[lib]\nname = "other"\n',
     {"=my-crate"}),
    ("go.mod", "go-module", "module example.org/m // note\n", {"=example.org/m"}),
    ("a.txt", "text", "import a from 'b'", set()),
]  # fmt: skip


@pytest.mark.parametrize(("path", "language", "text", "expected"), CASES)
def test_statements_are_read_as_they_are_written(path, language, text, expected):
    assert set(import_statements(path, language, text)) == expected


def test_python_is_read_by_its_grammar_wherever_the_statement_stands():
    text = (
        "import a.b as c\ndef f():\n    from ..d import (e,\n        g)\ns = '''\nimport no\n'''\n"
    )
    found = import_statements("a.py", "python", text, parse_python(text))
    assert found == ("a.b", "..d:e", "..d:g")


def test_python_that_does_not_parse_is_read_by_its_lines():
    assert import_statements("a.py", "python", "from .a import b\nprint 1\n") == (".a:b",)


def test_a_list_without_end_is_cut():
    text = "".join(f"import a{number}\n" for number in range(2_000))
    assert len(import_statements("a.py", "python", text)) == MOST_STATEMENTS


@given(st.sampled_from(CASES), st.text(alphabet="use:{},; abc\n\"'()", max_size=300))
def test_nothing_makes_it_fail(case, text):
    import_statements(case[0], case[1], text)
    import_statements("a.rs", "rust", f"use {text};")
