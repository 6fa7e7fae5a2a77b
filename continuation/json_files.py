r"""JSON documents of whole files in shapes that `ndjson` does not read, as one that it does.

Models write, beside ``{"files": [{"path": …, "content": …}]}``, which `ndjson` reads:

- a mapping, ``{"files": {path: content}}`` or ``{path: content}``;
- one file, ``{"path": …, "content": …}``;
- strings with line breaks and tabs as they are instead of ``\n`` and ``\t``.

The first two are only another shape. The third may hide what nobody could read with certainty: who
forgets to escape a line break may forget to escape a quote, and the string ends too soon. What
follows is then no JSON, or has fields that no file has, and nothing of the document is read. In an
answer that was cut off before that shows, a file with such strings counts as complete only when the
next one has begun; until then it is one that was cut off in its last line.
A file that holds such a document itself, with neither escaped, cannot be told apart by anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from continuation.file_paths import is_path
from continuation.markdown_fences import opening_fence

JSON_TAGS = frozenset(("", "json", "jsonl", "ndjson"))
"""Info strings of a fence round a document."""

_LISTS = frozenset(("operations", "files", "changes"))
_FILE_FIELDS = frozenset(
    "path file_path filename content new_content mode action comment description explanation"
    " language rationale reason".split()
)
"""The fields of a file, and remarks; as `ndjson` knows them."""

_DEEPEST = 64
_START = re.compile(r"^[ \t]*(?=\{)", re.MULTILINE)
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x08\x0b\x0c\x0e-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_CUT_ESCAPE = re.compile(r"\\?(?:\\u[0-9a-fA-F]{0,3})?\Z")
_SCALAR = re.compile(r"true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_CUT_SCALAR = re.compile(r"[-+.\w]*\Z")
_LAST_BREAK = re.compile(r"(?<!\\)((?:\\\\)*)\\n\Z")
_RAW = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MORE_JSON = re.compile(r"^\s*[{\[]", re.MULTILINE)


class _CutOffError(Exception):
    """The text ends here."""


class _UnreadableError(Exception):
    """What stands here cannot be read with certainty."""


def rewritten(text: str, *, cut: bool) -> str | None:
    """The document in an answer, as `ndjson` reads it and no further than it is certain.

    Args:
        text: The answer; prose and a fence may stand round the document.
        cut: Whether it was cut off.

    Returns:
        None: there is none, or it cannot be read with certainty.
    """
    start = _START.search(text)
    if start is None or not _opens_document(text[: start.start()]):
        return None
    document = _Document(text, start.end())
    try:
        document.read()
    except _UnreadableError:
        return None
    except _CutOffError:
        return document.certain() if cut else None
    rest = text[document.at :]
    if _MORE_JSON.search(rest):
        return None
    return document.certain() if cut else document.written()


def _opens_document(before: str) -> bool:
    """Whether what stands before a brace is prose, or ends with a fence that names no file."""
    lines = [line for line in before.split("\n") if line.strip()]
    fences = [fence for line in lines if (fence := opening_fence(line)) is not None]
    if not fences:
        return True
    return opening_fence(lines[-1]) == fences[0] and fences[0].info.lower() in JSON_TAGS


@dataclass(slots=True)
class _Document:
    """Reads a document once, and writes it anew as it goes."""

    text: str
    at: int
    out: list[str] = field(default_factory=list)
    raw: bool = False
    doubtful: int | None = None
    closing: str = ""

    def written(self) -> str:
        """All that was read."""
        return "".join(self.out)

    def certain(self) -> str:
        """The same; the string of a file that may go on is left open, in its last line."""
        if self.doubtful is None:
            return self.written()
        return _LAST_BREAK.sub(r"\1", "".join(self.out[: self.doubtful]))

    def read(self) -> None:
        """The whole document."""
        self._take("{")
        first = self._peek()
        if first == "}":
            raise _UnreadableError
        name = self._key()
        if is_path(name):
            self._write('{"files": [')
            self._mapping(name)
            self._write("}")
        elif name in _FILE_FIELDS:
            self._write('{"files": [{')
            self._fields(name)
            self._write("}]}")
        else:
            self._write("{")
            self._around(name)
            self._write("}")

    def _around(self, name: str) -> None:
        """The object round a list or mapping of files."""
        found = False
        while True:
            self._write(f'"{name}": ')
            if name in _LISTS and not found:
                found = True
                self._files()
            else:
                self._value(0)
            if not self._goes_on("}"):
                break
            name = self._key()
            self._write(",\n")
        if not found:
            raise _UnreadableError

    def _files(self) -> None:
        opening = self._peek()
        if opening == "{":
            self._take("{")
            self._write("[")
            self._mapping(self._key())
        elif opening == "[":
            self._take("[")
            self._write("[")
            self._entries()
        else:
            raise _UnreadableError

    def _mapping(self, path: str) -> None:
        """Paths with contents; the list that they become is open."""
        while True:
            if not is_path(path, spaces=True):
                raise _UnreadableError
            self.raw, self.doubtful = False, None
            self._write(f'{{"path": "{path}", "content": ')
            self._string()
            self._write("}")
            if not self._goes_on("}"):
                break
            path = self._key()
            self._write(",\n")
        self._write("]")

    def _entries(self) -> None:
        while True:
            self._take("{")
            name = self._key()
            self.raw, self.doubtful = False, None
            self._write("{")
            self._fields(name)
            self._write("}")
            if not self._goes_on("]"):
                break
            self._write(",\n")
        self._write("]")

    def _fields(self, name: str) -> None:
        """The fields of one file; its object is open."""
        seen: set[str] = set()
        while True:
            if name not in _FILE_FIELDS or name in seen:
                raise _UnreadableError
            seen.add(name)
            self._write(f'"{name}": ')
            self._string()
            if not self._goes_on("}"):
                return
            name = self._key()
            self._write(", ")

    def _value(self, depth: int) -> None:
        """Any value, which is no file."""
        if depth > _DEEPEST:
            raise _UnreadableError
        opening = self._peek()
        if opening == '"':
            self._string()
        elif opening in "{[":
            self._container(opening, depth)
        else:
            self._scalar()

    def _container(self, opening: str, depth: int) -> None:
        closing = "}" if opening == "{" else "]"
        self._take(opening)
        self._write(opening)
        empty = self._peek() == closing
        if empty:
            self._take(closing)
        while not empty:
            if opening == "{":
                self._write(f'"{self._key()}": ')
            self._value(depth + 1)
            if not self._goes_on(closing):
                break
            self._write(", ")
        self._write(closing)

    def _scalar(self) -> None:
        found = _SCALAR.match(self.text, self.at)
        if _CUT_SCALAR.match(self.text, self.at):
            raise _CutOffError
        if found is None:
            raise _UnreadableError
        self.at = found.end()
        self._write(found[0])

    def _key(self) -> str:
        """A key and its colon; as it is written, escapes and all."""
        self._peek()
        name = self._quoted()
        self._take(":")
        if any(one in name for one in _RAW):
            raise _UnreadableError
        return name

    def _string(self) -> None:
        """A string; one with raw line breaks makes its file doubtful until the next one begins."""
        self._peek()
        start = self.at
        try:
            found = self._quoted()
        except _CutOffError:
            self._write('"' + _escaped(_uncut(self.text[start + 1 :])))
            raise
        self._write('"' + _escaped(found))
        if found != _escaped(found) and not self.raw:
            self.raw, self.doubtful = True, len(self.out)
        self._write('"')

    def _quoted(self) -> str:
        found = _STRING.match(self.text, self.at)
        if found is None:
            raise _UnreadableError
        end = found.end()
        if self.text[end : end + 1] != '"':
            if end == len(self.text) or _CUT_ESCAPE.match(self.text, end):
                raise _CutOffError
            raise _UnreadableError
        self.at = end + 1
        return found[0][1:]

    def _goes_on(self, closing: str) -> bool:
        """Whether a comma follows; else it is the end."""
        if self._peek() == ",":
            self._take(",")
            return True
        self._take(closing)
        return False

    def _peek(self) -> str:
        """The next character that is no space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        if self.at >= len(self.text):
            raise _CutOffError
        return self.text[self.at]

    def _take(self, character: str) -> None:
        if self._peek() != character:
            raise _UnreadableError
        self.at += 1

    def _write(self, text: str) -> None:
        self.out.append(text)


def _escaped(inner: str) -> str:
    return "".join(_RAW.get(one, one) for one in inner) if any(map(inner.count, _RAW)) else inner


def _uncut(inner: str) -> str:
    """What came of a string, without an escape that was cut off."""
    found = re.search(r"(?<!\\)(?:\\\\)*(\\(?:u[0-9a-fA-F]{0,3})?)\Z", inner)
    return inner[: found.start(1)] if found else inner
