r"""The path of a file in a fenced block, where the answer names one.

Read are, in this order; the first that is there decides:

1. The info string of the fence: ``title="src/a.py"`` (also ``file``, ``filename``, ``path``,
   ``name``), ``python:src/a.py``, ``python src/a.py``, ``src/a.py``.
2. The line before it, with at most one blank line between, if it holds nothing but the path, with
   these round it: heading marks, a list mark or number, bold or code marks, ``File:`` (``Path:``,
   ``New file:``, ``Updated:`` …), a colon behind it, or a remark such as ``(new)`` or ``- what it
   does``. One that says that less than the file follows (``(lines 1-20)``, ``(before)``) is none.
3. The first line of the block, if it is a comment that holds nothing but the path, with or without
   ``File:``. The comment stays part of the file.

A path has a ``/`` or an extension, or is a name such as ``Makefile``; blanks are only allowed
within code marks or quotes. A path in the middle of a sentence is not read.
"""

from __future__ import annotations

import re

BARE_NAMES = frozenset(
    "Makefile Dockerfile Jenkinsfile Vagrantfile Procfile Gemfile Rakefile Brewfile Justfile"
    " Caddyfile LICENSE README CHANGELOG NOTICE CODEOWNERS".split()
)
"""Files that are commonly named without an extension."""

_LANGUAGES = frozenset(("asp.net", "vb.net"))
_NAME = re.compile(r"[^\s`\"'<>|*?:]*(?:/[^\s`\"'<>|*?:]+|\.[A-Za-z][\w+-]*)")
_SPACED = re.compile(r"[^`\"'<>|*?:\n]*(?:/[^`\"'<>|*?:\n]+|\.[A-Za-z][\w+-]*)")
_ATTRIBUTE = re.compile(
    r"(?:^|[\s{,])(?:title|file|filename|path|name)\s*=\s*"
    r"(?:\"(?P<double>[^\"]+)\"|'(?P<single>[^']+)'|(?P<bare>[^\s}\"']+))"
)
_LABEL = (
    r"(?:(?i:(?:(?:new|modified|updated)\s+)?(?:file ?name|file|path)(?:\s+\d+)?"
    r"|new|created?|modified|modify|updated?)\s*:\s*)?"
)
_NUMBER = r"(?:\d+[.)]\s+)?"
_REMARK = r"(?:\s+\([^()]*\))?\s*:?\s*(?:\s[-–—]+\s[^`/]*)?"
_LINE = re.compile(
    rf"\s*(?:#{{1,6}}\s+)?(?:[-*+]\s+)?{_NUMBER}"
    rf"(?P<bold>\*\*|__)?{_NUMBER}{_LABEL}(?P=bold)?\s*(?P<bold2>\*\*|__)?"
    r"(?:`(?P<code>[^`]+)`|(?P<plain>[^\s`*]+?))"
    rf"(?:\*\*|__)?:?(?:\*\*|__)?{_REMARK}"
)
_NOT_THE_FILE = re.compile(
    r"\b(?:before|current|excerpt|existing|lines?|old|original|part|partial|snippet|unchanged)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(rf"\s*(?:#|//|--|;+|%|/\*+|<!--)\s*{_LABEL}(?P<path>\S+)\s*(?:\*/|-->)?\s*")


def path_of_block(info: str, before: str, first: str) -> str | None:
    """The path that an answer gives to a block; None: it gives none.

    Args:
        info: The info string of its fence.
        before: The line before the fence, or before a blank line there.
        first: Its first line; empty: there is none yet.
    """
    return _in_info(info) or _in_line(before) or _in_comment(first)


def is_path(text: str, *, spaces: bool = False) -> bool:
    """Whether a text that should be a path is one; ``spaces``: whether it may have blanks."""
    return _accepted(text, spaces=spaces) is not None


def _in_info(info: str) -> str | None:
    found = _ATTRIBUTE.search(info)
    if found:
        return _accepted(found["double"] or found["single"] or found["bare"], spaces=True)
    words = info.split()
    candidates = [words[1]] if len(words) == 2 else []
    if words and ":" in words[0]:
        candidates.append(words[0].partition(":")[2])
    if len(words) == 1:
        candidates.append(words[0])
    return next((one for one in candidates if _accepted(one)), None)


def _in_line(line: str) -> str | None:
    match = _LINE.fullmatch(line)
    if match is None or _NOT_THE_FILE.search(line, max(match.end("code"), match.end("plain"))):
        return None
    if match["code"]:
        return _accepted(match["code"].strip(), spaces=True)
    return _accepted(match["plain"].removesuffix(":"))


def _in_comment(line: str) -> str | None:
    match = _COMMENT.fullmatch(line)
    return _accepted(match["path"]) if match else None


def _accepted(text: str, *, spaces: bool = False) -> str | None:
    """The text, if it is a path; addresses, options and versions are none."""
    if text.lower() in _LANGUAGES or "//" in text or "](" in text:  # an address, or a link
        return None
    if text.startswith(("-", "!", "@", "/")):
        return None
    shape = _SPACED if spaces else _NAME
    return text if text in BARE_NAMES or shape.fullmatch(text) else None
