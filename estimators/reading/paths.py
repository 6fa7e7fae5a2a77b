"""Which paths are safe to use, and which words look like paths.

Nothing here asks a file system: a word is judged by its spelling.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from estimators.classify import language_of
from estimators.errors import DeliverableError

if TYPE_CHECKING:
    from collections.abc import Callable

Evidence = Literal["certain", "possible", "none"]

_REMEMBERED = 16_384
"""Answers kept by each pure function here: a phase is planned again and again with its paths."""

# A backslash separates only where a name can begin behind it; before a space or a quote it is what
# a shell writes to escape that character. A path that was escaped once too often has two.
_SEPARATING_BACKSLASH = re.compile(r"(?<!\\)\\+(?=[\w.@\[({*?+$/-]|\Z)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DRIVE = re.compile(r".:", re.DOTALL)
_GLOB = re.compile(r"[*?]|\{[^{},]*,[^{}]*\}")
_OUTSIDE = re.compile(r"\.\.[/\\]|[A-Za-z]:[\\/]|(?:\\\\|//)[\w.$-]+[\\/]\w|~[\w.-]*[\\/]")
_UNKNOWN_EXTENSION = re.compile(r"\w\.[A-Za-z][A-Za-z0-9]{1,9}$")
_DOTTED_NAME = re.compile(r"\w\.[a-z][a-z0-9]{0,9}$|^\.[a-z][\w-]+$")
_VERSION = re.compile(r"[vV]?\d[\w.+-]*")
_DOTFILE = re.compile(
    r"\.(?:env|git[a-z]+|[a-z-]+(?:rc|ignore|config|versions?|format|tidy)|editorconfig|mailmap"
    r"|flake8|keep|nojekyll|htaccess)(?:\.[\w.-]+)?"
)

_NAMES_WITHOUT_EXTENSION = frozenset(
    "Makefile GNUmakefile Justfile justfile Dockerfile Containerfile Jenkinsfile Procfile "
    "Rakefile Gemfile Brewfile Podfile Fastfile Pipfile Vagrantfile Caddyfile Tiltfile Earthfile "
    "CODEOWNERS README CHANGELOG CONTRIBUTING LICENSE LICENCE COPYING AUTHORS CNAME gradlew".split()
)
_PATH_LIKE = re.compile(rf"[./\\~]|{'|'.join(sorted(_NAMES_WITHOUT_EXTENSION))}")
_OTHER_EXTENSIONS = frozenset(
    "csv tsv ipynb svg png jpg jpeg gif ico webp pdf patch diff snap map typed dockerfile prisma "
    "astro ejs hbs pug erb mustache jinja2 jsonl ndjson xsd wsdl plist sum bzl bazel vim el lisp "
    "mli fsx vb gql thrift avsc sol wat cu cuh f90 asm s d v sv vhd po pot http rest".split()
)
# Words of prose that are spelled like files.
_NOT_FILES = frozenset(
    "node.js next.js vue.js nuxt.js react.js express.js three.js d3.js p5.js chart.js ember.js "
    "angular.js backbone.js alpine.js discord.js moment.js require.js asp.net .net process.env "
    "a.m p.m e.g i.e and/or w/o n/a i/o".split()
)
_HOSTS = frozenset("com org net io dev ai".split())
_SOURCE_ROOTS = frozenset(
    "src lib libs tests docs apps packages pkg cmd internal scripts crates benchmarks".split()
)


@lru_cache(maxsize=_REMEMBERED)
def safe_relative_path(path: str) -> str:
    """Return ``path`` in its one normal form, if it stays inside the workspace.

    The form is POSIX: no empty or ``.`` names, no final slash, ``..`` taken back. The workspace
    itself is ``.``.

    Raises:
        DeliverableError: The path is empty, absolute (POSIX, drive, UNC, home), leaves the
            workspace, or holds a character that no file name can.
    """
    _refuse_if_unsafe(path, path)
    kept: list[str] = []
    for name in as_posix(path).split("/"):
        if name == "..":
            if not kept:
                raise DeliverableError(path, "the path leaves the workspace")
            kept.pop()
        elif name not in {"", "."}:
            kept.append(name)
    normal = "/".join(kept) or "."
    # "./~/x" and "a/../C:/x" only show what they are once they are normal.
    _refuse_if_unsafe(normal, path)
    return normal


def _refuse_if_unsafe(path: str, written: str) -> None:
    """Raise for the first reason that ``path`` gives; ``written`` is what the user can find."""
    reason = next((reason for is_unsafe, reason in _UNSAFE if is_unsafe(path)), None)
    if reason is not None:
        raise DeliverableError(written, reason)


def _hides_a_parent(path: str) -> bool:
    """Whether a backslash that is kept as a character hides a ``..`` from POSIX, not Windows."""
    names = as_posix(path).split("/")
    return any("\\" in name and ".." in name.split("\\") for name in names)


_UNSAFE: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda path: not path.strip(), "the path is empty"),
    (lambda path: "\0" in path, "the path holds a NUL character"),
    (lambda path: _SURROGATE.search(path) is not None, "the path is not valid Unicode"),
    (lambda path: path.startswith(("/", "\\")), "the path is absolute"),
    (lambda path: _DRIVE.match(path) is not None, "the path is absolute: it names a drive"),
    (lambda path: path.startswith("~"), "the path is absolute: it starts at a home directory"),
    (_hides_a_parent, "the path leaves the workspace"),
)


def as_posix(path: str) -> str:
    r"""``path`` with ``/`` for every backslash that clearly separates two names."""
    return _SEPARATING_BACKSLASH.sub("/", path)


def is_worth_a_look(word: str) -> bool:
    """Whether a word of prose holds anything that a path has: a quick no for most words."""
    return _PATH_LIKE.search(word) is not None


def is_glob(path: str) -> bool:
    """Whether ``path`` stands for many: ``*``, ``?``, ``{a,b}``; never ``[id]``, a route's name."""
    return _GLOB.search(path) is not None


@lru_cache(maxsize=_REMEMBERED)
def names_a_file(path: str) -> bool:
    """Whether the last name of ``path`` is one that only a file has: ``x.py``, ``Makefile``."""
    name = as_posix(path).rpartition("/")[2]
    if name in _NAMES_WITHOUT_EXTENSION or _DOTFILE.fullmatch(name):
        return True
    stem, _, extension = name.rpartition(".")
    if stem in _NAMES_WITHOUT_EXTENSION:
        return True
    # "U.S", "J.R": one letter on both sides of a full stop is an abbreviation.
    is_abbreviation = len(stem) == 1 and len(extension) == 1 and name == path
    return bool(stem) and not is_abbreviation and _is_known_extension(extension.lower())


def _is_known_extension(extension: str) -> bool:
    return extension in _OTHER_EXTENSIONS or language_of(f"x.{extension}") != "unknown"


@lru_cache(maxsize=_REMEMBERED)
def path_evidence(word: str) -> Evidence:
    """How clearly a word of running text is a path.

    Returns:
        "certain" if nothing else is spelled so; "possible" if it is a path only where nothing
        else can stand (``foo/bar``, ``settings.xyz``); "none" otherwise.
    """
    return next((evidence for matches, evidence in _RULES if matches(word)), "none")


def _is_url(word: str) -> bool:
    host = word.partition("/")[0].partition(":")[0]
    name, _, domain = host.rpartition(".")
    is_host = bool(name) and domain.lower() in _HOSTS and name not in _NAMES_WITHOUT_EXTENSION
    return is_host or "://" in word or word.startswith(("mailto:", "www."))


def _is_jargon(word: str) -> bool:
    """A product, an abbreviation, or alternatives in capitals such as CI/CD."""
    in_capitals = "/" in word and word.isupper() and not re.search(r"[._]", word)
    last = word.rpartition("/")[2]
    is_product = last[:1].isupper() and last.lower() in _NOT_FILES
    return in_capitals or is_product or word.lower() in _NOT_FILES


def _is_without_letters(word: str) -> bool:
    return not any(map(str.isalpha, word)) and not ("/" in word and is_glob(word))


def _is_located(word: str) -> bool:
    """With a slash, and spelled as prose never is: ``src/utils``, ``.github/x``, ``pkg/``."""
    path = as_posix(word)
    if "/" not in path or path.startswith("/"):
        return False
    return (
        path.partition("/")[0] in _SOURCE_ROOTS
        or path.startswith((".", "@"))
        or "/." in path
        or "/[" in path
        or (path.endswith("/") and len(path) > len("w/"))
        or is_glob(path)
        or _UNKNOWN_EXTENSION.search(path) is not None
    )


def _could_be_a_path(word: str) -> bool:
    path = as_posix(word)
    return "/" in path or path in {"~", ".."} or _DOTTED_NAME.search(path) is not None


_RULES: tuple[tuple[Callable[[str], bool], Evidence], ...] = (
    (_is_url, "none"),
    (lambda word: _OUTSIDE.match(word) is not None, "certain"),
    (lambda word: word in {"~", ".."}, "possible"),
    (_is_without_letters, "none"),
    (_is_jargon, "none"),
    (names_a_file, "certain"),
    (lambda word: _VERSION.fullmatch(word) is not None, "none"),
    (_is_located, "certain"),
    (_could_be_a_path, "possible"),
)
