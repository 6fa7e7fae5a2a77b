"""Where a text names paths: a small tokenizer, and what each of its tokens is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from estimators.reading.paths import as_posix, is_worth_a_look, names_a_file, path_evidence
from estimators.reading.peeling import peeled, without_place
from estimators.reading.wording import ACTION_WORDS
from estimators.reading.workspace import has_directory, has_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from estimators.reading.workspace import WorkspaceView

# A Markdown link is a quotation of its text. Quotes count only at the edge of a word ("don't"), and
# never span lines. A word ends at white space, at an arrow, and at marks that no name has.
_TOKEN = re.compile(
    r"""
      ``(?P<double>(?:[^`\n]|`(?!`))+)`` | `(?P<code>[^`\n]+)`
    | (?<!\w)"(?P<quoted>[^"\n]+)"(?!\w) | (?<!\w)'(?P<single>[^'\n]+)'(?!\w)
    | \[(?P<link>[^\[\]\n]+)\]\([^()\s]*\)(?![\w/])
    | “(?P<curly>[^“”\n]+)” | «(?P<angle>[^«»\n]+)»
    | (?P<word>(?:\\[ ]|(?!->|=>)[^\s`“”«»;|（），、。；：「」→⇒⟶])+)
    """,
    re.VERBOSE,
)
_PLAIN_PATH = re.compile(r"[\w./-]*\w")
_ALL_IN_BACKTICKS = re.compile(r"``((?:[^`\n]|`(?!`))+)``|`([^`\n]+)`")

_MOST_WORDS_IN_A_PATH = 8
"""Words of an unquoted path with spaces that is looked for in the workspace."""

_COMMANDS = frozenset(
    "pytest python python3 pip uv tox ruff mypy npm npx pnpm yarn node deno bun make cargo go git "
    "docker bash sh cd cat ls rm mv cp curl".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A path in a text.

    Attributes:
        start: Where it starts in the text, with its quotes.
        end: Where it ends, with its quotes and line numbers.
        path: The path alone, as written.
        certain: Its spelling leaves no doubt, or the workspace has it; otherwise it is a path only
            if the sentence leaves room for nothing else.
    """

    start: int
    end: int
    path: str
    certain: bool


def find_mentions(text: str, workspace: WorkspaceView | None = None) -> list[Mention]:
    """Find the paths that a text names, in its order.

    A text that is the name of a file or directory of the workspace, and a text all in backticks,
    are paths however they are spelled.
    """
    stripped = text.strip()
    if path := _whole_path(stripped, workspace):
        return [Mention(0, len(text), path, certain=True)]
    mentions = list(_mentions(text, workspace))
    is_clear = any(one.certain for one in mentions)
    if not is_clear and has_directory(workspace, stripped):
        return [Mention(0, len(text), stripped, certain=True)]
    return mentions


def _whole_path(text: str, workspace: WorkspaceView | None) -> str | None:
    """The path that a whole text is, if it is nothing else."""
    if _PLAIN_PATH.fullmatch(text) and path_evidence(text) == "certain":
        return text
    quoted = _ALL_IN_BACKTICKS.fullmatch(text)
    content = str(quoted[quoted.lastindex or 0]).strip() if quoted else ""
    if content and "://" not in content:
        return without_place(content)[0]
    return text if has_file(workspace, text) else None


def _mentions(text: str, workspace: WorkspaceView | None) -> Iterator[Mention]:
    tokens = list(_TOKEN.finditer(text))
    path_like = [is_worth_a_look(token[0]) for token in tokens]
    taken = 0
    for position, token in enumerate(tokens):
        if position < taken:
            continue
        if token.lastgroup != "word":
            yield from _quoted(token, workspace)
            continue
        reach = range(position + 1, min(position + _MOST_WORDS_IN_A_PATH, len(tokens)))
        ends = [tokens[at] for at in reach if path_like[at]] if workspace else []
        if spaced := _spaced(token, ends, workspace):
            taken = next(at for at in reach if tokens[at].end() >= spaced.end) + 1
            yield spaced
        elif path_like[position]:
            yield from _bare(text, token.start(), token.end(), workspace)


def _quoted(token: re.Match[str], workspace: WorkspaceView | None) -> Iterator[Mention]:
    """The path that a quotation is; otherwise the paths in it."""
    content = str(token[str(token.lastgroup)]).strip()
    in_backticks = token.lastgroup in {"code", "double"}
    path, _ = without_place(content)
    if has_file(workspace, path) or _is_quoted_path(path, in_backticks=in_backticks):
        yield Mention(token.start(), token.end(), path, certain=True)
    elif " " in content:
        start, end = token.span(str(token.lastgroup))
        for word in _TOKEN.finditer(token.string, start, end):
            yield from _bare(token.string, word.start(), word.end(), workspace)
    elif path_evidence(path) == "possible":
        yield Mention(token.start(), token.end(), path, certain=False)


def _is_quoted_path(content: str, *, in_backticks: bool) -> bool:
    """Whether a quotation is one path: a command or a sentence that holds one is not."""
    first, space, _ = content.partition(" ")
    if space and (first in _COMMANDS or not _ends_like_a_path(content)):
        return False
    if space and not in_backticks and first.lower() in ACTION_WORDS:
        return False
    evidence = path_evidence(content)
    return evidence == "certain" or (evidence == "possible" and "/" in as_posix(content))


def _ends_like_a_path(content: str) -> bool:
    return names_a_file(content) or content.endswith("/")


def _spaced(
    first: re.Match[str], ends: list[re.Match[str]], workspace: WorkspaceView | None
) -> Mention | None:
    """An unquoted path with spaces that the workspace has: the longest from ``first`` to an end."""
    for last in reversed(ends):
        start = first.start() + peeled(first[0])[0]
        end = last.start() + peeled(last[0])[1]
        path = first.string[start:end]
        if names_a_file(path) and "\n" not in path and has_file(workspace, path):
            return Mention(start, end, path, certain=True)
    return None


def _bare(text: str, start: int, end: int, workspace: WorkspaceView | None) -> Iterator[Mention]:
    """The paths in one word: one, none, or several between commas without spaces."""
    inner_start, inner_end = peeled(text[start:end])
    start, end = start + inner_start, start + inner_end
    possessive = 2 if text.startswith(("'s", "’s"), end) else 0
    pieces = text[start:end].split(",")
    if len(pieces) == 1 or not all(map(names_a_file, pieces)):
        pieces = [text[start:end]]
    for piece in pieces:
        is_last = start + len(piece) == end
        yield from _word(piece, start, workspace, possessive if is_last else 0)
        start += len(piece) + 1


def _word(word: str, start: int, workspace: WorkspaceView | None, ending: int) -> Iterator[Mention]:
    label, colon, _ = word.partition(":")
    if colon and label.lower() in ACTION_WORDS:
        start, word = start + len(label) + 1, word[len(label) + 1 :]
    path, length = without_place(word)
    evidence = path_evidence(path)
    if evidence != "certain" and re.search(r"[./\\]", path) and has_file(workspace, path):
        evidence = "certain"
    if evidence != "none":
        unescaped = path.replace("\\ ", " ")
        yield Mention(start, start + length + ending, unescaped, evidence == "certain")
