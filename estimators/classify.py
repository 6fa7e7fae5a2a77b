"""What a file is, read from its path alone: its kind and its language.

The rules are the conventions of the languages' own tools (pytest, go test, Jest, Maven, Rails,
Alembic, Diesel ...); nothing is opened. The first rule that matches wins: documentation by
extension, then style, test, migration, configuration, code.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Kind = Literal["code", "test", "documentation", "configuration", "migration", "style", "unknown"]

KINDS: tuple[Kind, ...] = (
    "code",
    "test",
    "documentation",
    "configuration",
    "migration",
    "style",
    "unknown",
)

_CODE_LANGUAGES: dict[str, str] = {
    "py": "python",
    "pyi": "python",
    "pyx": "python",
    "ts": "typescript",
    "tsx": "typescript",
    "mts": "typescript",
    "cts": "typescript",
    "js": "javascript",
    "jsx": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "svelte": "svelte",
    "vue": "vue",
    "go": "go",
    "rs": "rust",
    "java": "java",
    "kt": "kotlin",
    "kts": "kotlin",
    "scala": "scala",
    "groovy": "groovy",
    "c": "c",
    "h": "c",
    "cc": "cpp",
    "cpp": "cpp",
    "cxx": "cpp",
    "hpp": "cpp",
    "hh": "cpp",
    "cs": "csharp",
    "fs": "fsharp",
    "swift": "swift",
    "m": "objective-c",
    "rb": "ruby",
    "php": "php",
    "pl": "perl",
    "lua": "lua",
    "r": "r",
    "jl": "julia",
    "ex": "elixir",
    "exs": "elixir",
    "erl": "erlang",
    "hs": "haskell",
    "ml": "ocaml",
    "clj": "clojure",
    "dart": "dart",
    "zig": "zig",
    "sh": "shell",
    "bash": "shell",
    "zsh": "shell",
    "fish": "shell",
    "bat": "batch",
    "cmd": "batch",
    "ps1": "powershell",
    "sql": "sql",
    "proto": "protobuf",
    "graphql": "graphql",
    "html": "html",
    "htm": "html",
    "j2": "template",
    "jinja": "template",
    "tmpl": "template",
    "scm": "scheme",
    "nix": "nix",
}
_STYLE_LANGUAGES: dict[str, str] = {
    "css": "css",
    "scss": "css",
    "sass": "css",
    "less": "css",
    "styl": "css",
    "pcss": "css",
    "tcss": "css",
}
_DOCUMENT_LANGUAGES: dict[str, str] = {
    "md": "markdown",
    "mdx": "markdown",
    "mdc": "markdown",
    "markdown": "markdown",
    "rst": "restructuredtext",
    "adoc": "asciidoc",
    "org": "org",
    "tex": "tex",
    "txt": "text",
}
_CONFIGURATION_LANGUAGES: dict[str, str] = {
    "json": "json",
    "json5": "json",
    "jsonc": "json",
    "yml": "yaml",
    "yaml": "yaml",
    "toml": "toml",
    "ini": "ini",
    "cfg": "ini",
    "conf": "ini",
    "env": "ini",
    "properties": "ini",
    "xml": "xml",
    "gradle": "groovy",
    "tf": "terraform",
    "tfvars": "terraform",
    "hcl": "terraform",
    "mod": "go-module",
    "mk": "make",
    "cmake": "cmake",
    "in": "text",
    "lock": "lock",
}
_NAMED_LANGUAGES: dict[str, str] = {
    "makefile": "make",
    "gnumakefile": "make",
    "justfile": "make",
    "dockerfile": "docker",
    "containerfile": "docker",
    "procfile": "ini",
    "brewfile": "ruby",
    "gemfile": "ruby",
    "cmakelists.txt": "cmake",
    "codeowners": "text",
    "cname": "text",
}
_DOCUMENT_NAMES = frozenset(
    {"readme", "license", "licence", "notice", "authors", "changelog", "contributing", "copying"}
)
_TEST_DIRECTORIES = frozenset(
    {"test", "tests", "__tests__", "spec", "specs", "testing", "e2e", "fixtures", "__mocks__"}
)
_MIGRATION_DIRECTORIES = frozenset({"migrations", "migration", "migrate", "alembic"})
_SCRIPT_DIRECTORIES = frozenset({"bin", "script", "scripts", "hooks"})
_LANGUAGES = _CODE_LANGUAGES | _STYLE_LANGUAGES | _DOCUMENT_LANGUAGES | _CONFIGURATION_LANGUAGES
# Text files that a tool reads rather than a person.
_CONFIGURATION_TEXTS = ("requirements", "constraints", "robots")
_PROGRAM_EXTENSIONS = frozenset(_CODE_LANGUAGES)
_CAMEL_CASE_EXTENSIONS = frozenset({"java", "kt", "scala", "cs", "groovy"})


def _split(path: str) -> tuple[list[str], str, str]:
    """The directories, the base name and the extension ("" if none), all in lower case."""
    *directories, name = path.lower().split("/")
    stem, _, extension = name.rpartition(".")
    return directories, name, extension if stem else ""


def _is_documentation(directories: list[str], name: str, extension: str) -> bool:
    if extension == "txt":
        is_read_by_a_tool = name.startswith(_CONFIGURATION_TEXTS) or name in _NAMED_LANGUAGES
        return not is_read_by_a_tool and _TEST_DIRECTORIES.isdisjoint(directories)
    named = name.split(".", maxsplit=1)[0] in _DOCUMENT_NAMES
    return extension in _DOCUMENT_LANGUAGES or (named and extension not in _LANGUAGES)


def _is_migration(directories: list[str], extension: str) -> bool:
    in_a_migration_directory = not _MIGRATION_DIRECTORIES.isdisjoint(directories)
    return in_a_migration_directory and extension in _PROGRAM_EXTENSIONS


def _is_test(path: str, directories: list[str], name: str, extension: str) -> bool:
    if not _TEST_DIRECTORIES.isdisjoint(directories) or name == "conftest.py":
        return True
    if extension not in _PROGRAM_EXTENSIONS:
        return False
    stem = name.removesuffix(f".{extension}")
    parts = stem.replace("-", "_").replace(".", "_").split("_")
    named_in_parts = parts[0] in {"test", "tests"} or parts[-1] in {"test", "tests", "spec"}
    return named_in_parts or (extension in _CAMEL_CASE_EXTENSIONS and _is_camel_case_test(path))


def _is_camel_case_test(path: str) -> bool:
    """Whether a class name ends in the word: ``UserTest``, and not ``Latest``."""
    stem = path.rpartition("/")[2].rpartition(".")[0]
    return stem.endswith(("Test", "Tests"))


def _is_configuration(name: str, extension: str) -> bool:
    if extension in _CONFIGURATION_LANGUAGES or name in _NAMED_LANGUAGES:
        return True
    is_dotfile = name.startswith(".") and not extension
    is_variant = name.startswith(("dockerfile.", ".env"))
    return (
        is_dotfile or is_variant or (extension == "txt" and name.startswith(_CONFIGURATION_TEXTS))
    )


def _is_code(directories: list[str], extension: str) -> bool:
    is_script = not extension and not _SCRIPT_DIRECTORIES.isdisjoint(directories)
    return extension in _PROGRAM_EXTENSIONS or is_script


@lru_cache(maxsize=16_384)
def kind_of(path: str | None) -> Kind:
    """What kind of file a path names.

    Args:
        path: POSIX path relative to the workspace; None for a deliverable without a path.

    Returns:
        The kind; "unknown" if no convention matches.
    """
    if not path:
        return "unknown"
    directories, name, extension = _split(path)
    rules: tuple[tuple[Kind, bool], ...] = (
        ("documentation", _is_documentation(directories, name, extension)),
        ("style", extension in _STYLE_LANGUAGES),
        ("test", _is_test(path, directories, name, extension)),
        ("migration", _is_migration(directories, extension)),
        ("configuration", _is_configuration(name, extension)),
        ("code", _is_code(directories, extension)),
    )
    return next((kind for kind, matches in rules if matches), "unknown")


@lru_cache(maxsize=16_384)
def language_of(path: str | None) -> str:
    """The language of a file: "python", "typescript", "markdown", "yaml" and so on.

    Args:
        path: POSIX path relative to the workspace; None for a deliverable without a path.

    Returns:
        The language in lower case; "unknown" if no convention matches.
    """
    if not path:
        return "unknown"
    _, name, extension = _split(path)
    by_extension = _LANGUAGES.get(extension, "unknown")
    return _NAMED_LANGUAGES.get(name, by_extension)
