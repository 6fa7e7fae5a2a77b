"""Definitions recognised by their first line alone, where no grammar is at hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from token_budget.context.outline_entries import OutlineEntry
from token_budget.context.splitting.plain_lines import indentation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MODIFIERS = (
    r"(?:(?:export|default|public|private|protected|internal|static|final|abstract|async|open|"
    r"override|virtual|inline|extern|unsafe|pub(?:\([\w: ]+\))?|sealed|data|declare|readonly|"
    r"partial|suspend|const|local|mut|constexpr|friend|synchronized)\s+)*"
)
_KEYWORDS = (
    r"(?:def|class|func|fun|fn|function\*?|interface|struct|enum|trait|impl|type|module|namespace|"
    r"object|record|protocol|extension|mixin|macro_rules!|sub|proc|procedure|defmodule|defp?|"
    r"package|message|service|rpc)"
)
_KEYWORD_DEFINITION = re.compile(
    rf"\s*{_MODIFIERS}{_KEYWORDS}\s+(?:\([^)]*\)\s*)?(?:<[^>]*>\s*)?([A-Za-z_$][\w$.:]*)"
)
_BOUND_FUNCTION = re.compile(
    rf"\s*{_MODIFIERS}(?:const|let|var|val)\s+([A-Za-z_$][\w$]*)[^=\n]{{0,80}}="
    r"\s*(?:async\s*)?(?:function\b|\([^\n]*=>|[\w$]+\s*=>|class\b)"
)
_TYPED_FUNCTION = re.compile(
    r"\s*(?:[A-Za-z_][\w:<>,*&\[\]?]*\s+){1,6}[*&]*([A-Za-z_~][\w:~]*)\s*\([^;]*$"
)
"""``static int *parse(char const *text`` in C, ``public List<String> names() {`` in Java."""
_STATEMENTS = frozenset(
    "return if else for while switch case throw new await yield import from using raise not and or"
    " in is delete goto typeof assert print echo require include elif when".split()
)
_TYPED_LANGUAGES = frozenset({"c", "cpp", "java", "csharp", "objective-c", "dart", "groovy"})
_SQL = re.compile(
    r"\s*create\s+(?:or\s+replace\s+)?(?:unique\s+)?"
    r"(?:table|view|index|function|procedure|trigger|type)\s+(?:if\s+not\s+exists\s+)?([\w.\"`]+)",
    re.IGNORECASE,
)
_STYLE_RULE = re.compile(r"\s*([.#@&:\w][^{};]{0,160}?)\s*\{\s*$")

LONGEST_LINE = 400
"""A longer line is no definition that a person wrote, and is not searched: characters."""


def defined_name(line: str, language: str) -> str:
    """The name that a line begins to define; "": none."""
    if len(line) > LONGEST_LINE:
        return ""
    for pattern in _patterns(language):
        found = pattern.match(line)
        if found and line.split(maxsplit=1)[0] not in _STATEMENTS:
            return found[1]
    return ""


def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    if language == "sql":
        return (_SQL,)
    if language == "css":
        return (_STYLE_RULE,)
    if language in _TYPED_LANGUAGES:
        return (_KEYWORD_DEFINITION, _TYPED_FUNCTION)
    return (_KEYWORD_DEFINITION, _BOUND_FUNCTION)


def defined_names(lines: Sequence[str], language: str) -> dict[int, str]:
    """The names that lines begin to define, by line counted from 1."""
    found = ((number, defined_name(line, language)) for number, line in enumerate(lines, 1))
    return {number: name for number, name in found if name}


def plain_outline(lines: Sequence[str], names: dict[int, str]) -> Iterator[OutlineEntry]:
    """The lines that define something, as they stand, indented as they are."""
    columns: list[int] = []
    for number in names:
        line = lines[number - 1]
        column = indentation(line)
        while columns and columns[-1] >= column:
            columns.pop()
        yield OutlineEntry(number, len(columns), line.strip().rstrip("{").rstrip())
        columns.append(column)
