"""What is known of a deliverable before its phase runs, as named numbers.

Names start with the action, so that every other property means something else for a new file than
for a changed one. A name that stands in no fitted model has no effect. Nothing here is hindsight.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from estimators.classify import kind_of, language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from estimators.classify import Kind
    from estimators.deliverable import Action, Deliverable

Features = dict[str, float]

SIZE_KNOTS = (40, 160, 640, 2_560, 10_240)
"""Tokens of the present file at which the slope of the logarithm may change."""

_LOG_KNOTS = tuple(math.log(size) for size in SIZE_KNOTS)
_CENTRAL_LOG_SIZE = 7.0
_CENTRAL_PATH_CHARACTERS = 40
_CENTRAL_DEPTH = 3
_CENTRAL_LOG_TITLE = 3.8
_MOST_WORDS_IN_A_NAME = 6

_TELLING_STEMS = frozenset(
    "__init__ index mod lib main conftest readme changelog license package pyproject cargo setup "
    "config pom".split()
)
_FOLDER_ROLES = {
    "example": "example examples docs_src demo demos samples playground",
    "docs": "docs doc documentation",
    "generated": ".generated generated gen __generated__",
    "scripts": "scripts script bin tools hack",
    "ci": ".github .circleci .gitlab ci workflows",
    "types": "types models schemas type dto entities",
    "ui": "components views pages ui widgets",
    "report": "archive reports report research",
}
_ROLE_FOLDERS = {role: frozenset(names.split()) for role, names in _FOLDER_ROLES.items()}
_CHANGE_NOTE_FOLDERS = frozenset({".changeset", ".changes", "changelog.d", "newsfragments"})
_FIXTURE_FOLDERS = frozenset(
    "fixtures samples sample data __mocks__ mocks snapshots testdata fixture inputs cases".split()
)
_TEST_WORDS = frozenset({"test", "tests", "spec"})
_SHORTEST_CAPITALS = 4

_VERBS = frozenset(
    "fix feat add update remove refactor bump release test doc chore improve rename move implement "
    "support use make simplify typo style perf ci build version cleanup introduce create replace "
    "allow handle revert merge initial rewrite extract translation new tweak prepare first".split()
)
_VERB_OF_WORD = {
    word: verb
    for verb, words in {
        "fix": "fixes fixed fixing bugfix",
        "add": "adds added adding introduce",
        "update": "updates updated",
        "remove": "removes removed delete drop",
        "feat": "feature",
        "doc": "docs documentation document",
        "test": "tests testing",
        "refactor": "refactoring refactored",
        "bump": "bumped upgrade",
        "implement": "implements implemented",
        "move": "moved",
        "rename": "renamed",
        "improve": "improved improves improvements",
        "typo": "typos",
        "create": "created",
        "translation": "translations",
    }.items()
    for word in words.split()
}
_WORD = re.compile(r"[a-z]+")
_SEPARATORS = re.compile(r"[._\-]")
_TITLE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class PhaseContext:
    """What the deliverables of a phase share.

    Attributes:
        log_files: Natural logarithm of their number.
        log_count: Of those of each action.
        log_largest: Of one more than the tokens of the largest file that exists; 0: none is known.
        log_title: Of one more than the title's length in characters.
        verbs: What the title says is done.
        by_model: The chance that a language model writes it.
    """

    log_files: float
    log_count: dict[str, float]
    log_largest: float
    log_title: float
    verbs: tuple[str, ...]
    by_model: float


@dataclass(frozen=True, slots=True)
class _Path:
    """What a path tells by itself; read once a path."""

    kind: Kind
    language: str
    log_length: float
    depth: int
    stem: str
    roles: tuple[str, ...]


def phase_context(
    deliverables: Sequence[Deliverable],
    title: str,
    unknown: Action = "create",
    by_model: float = 0.0,
) -> PhaseContext:
    """What is known of the phase as a whole.

    Args:
        deliverables: What it writes.
        title: Its first line counts, up to 160 characters.
        unknown: What an unknown action is taken for.
        by_model: The chance that a language model writes it.
    """
    line = title_line(title)
    counts = Counter(one.action or unknown for one in deliverables)
    largest = max((one.existing_tokens or 0 for one in deliverables), default=0)
    return PhaseContext(
        log_files=math.log(max(len(deliverables), 1)),
        log_count={action: math.log(count) for action, count in counts.items()},
        log_largest=math.log1p(largest),
        log_title=math.log1p(len(line)),
        verbs=title_verbs(line),
        by_model=by_model,
    )


def file_features(path: str, action: Action, log_existing: float, phase: PhaseContext) -> Features:
    """The numbers of one file.

    Args:
        path: POSIX path.
        action: What happens to it.
        log_existing: Natural logarithm of one more than its tokens now.
        phase: What it shares with the others of its phase.
    """
    alone = own_features(path, action, log_existing, phase.by_model)
    return {**alone, **shared_features(_read(path).kind, action, phase)}


def own_features(path: str, action: Action, log_existing: float, by_model: float) -> Features:
    """The numbers of one file that no other file of its phase need have; see `file_features`."""
    found = dict(_named(path, action))
    if action != "create":
        kind, size = _read(path).kind, log_existing - _CENTRAL_LOG_SIZE
        for name, value in _of_size(kind, log_existing):
            found[f"{action},{name}"] = value
        if by_model:
            found[f"{action},model,size"] = size * by_model
    return found


def shared_features(kind: Kind, action: Action, phase: PhaseContext) -> Features:
    """The numbers that all files of one kind share to which the same happens in a phase."""
    found = {f"{action},{name}": value for name, value in _of_phase(kind, action, phase)}
    if phase.by_model:
        for name, value in _of_model(kind, phase):
            found[f"{action},model,{name}"] = value * phase.by_model
    return found


def is_change_note(path: str) -> bool:
    """Whether a file is a note on one change, in a folder where a tool collects them."""
    *folders, name = path.lower().split("/")
    in_place = not _CHANGE_NOTE_FOLDERS.isdisjoint(folders)
    return in_place and kind_of(name) == "documentation"


@lru_cache(maxsize=8192)
def _named(path: str, action: Action) -> tuple[tuple[str, float], ...]:
    """What a path and an action tell by themselves, by name of the feature; read once."""
    own = ((f"{action},{name}", value) for name, value in _of_path(_read(path)))
    return (("1", 1.0), (action, 1.0), *own)


def _of_path(path: _Path) -> Iterator[tuple[str, float]]:
    yield f"kind={path.kind}", 1.0
    yield f"language={path.language}", 1.0
    yield f"kind={path.kind},language={path.language}", 1.0
    yield "path", path.log_length
    yield "depth", float(path.depth - _CENTRAL_DEPTH)
    if path.stem:
        yield f"stem={path.stem}", 1.0
    for role in path.roles:
        yield f"role={role}", 1.0
        yield f"role={role},kind={path.kind}", 1.0


def _of_phase(kind: str, action: Action, phase: PhaseContext) -> Iterator[tuple[str, float]]:
    alike = phase.log_count.get(action, 0.0)
    yield "files", phase.log_files
    yield "files squared", phase.log_files**2
    yield "alike", alike
    yield f"files,kind={kind}", phase.log_files
    yield f"alike,kind={kind}", alike
    if phase.log_title:  # no title is not the shortest one: it is unknown
        yield "title", phase.log_title - _CENTRAL_LOG_TITLE
    yield "beside created", float("create" in phase.log_count)
    yield "beside modified", float("modify" in phase.log_count)
    for verb in phase.verbs:
        yield f"verb={verb}", 1.0
        yield f"verb={verb},kind={kind}", 1.0
    if action == "create" and phase.log_largest:
        yield "largest", phase.log_largest - _CENTRAL_LOG_SIZE


def _of_size(kind: str, log_existing: float) -> Iterator[tuple[str, float]]:
    yield "size", log_existing - _CENTRAL_LOG_SIZE
    yield f"size,kind={kind}", log_existing - _CENTRAL_LOG_SIZE
    for number, knot in enumerate(_LOG_KNOTS):
        if log_existing > knot:
            yield f"size over knot {number}", log_existing - knot


def _of_model(kind: str, phase: PhaseContext) -> Iterator[tuple[str, float]]:
    """What is otherwise where a language model writes: new files are several times as large."""
    yield "1", 1.0
    yield f"kind={kind}", 1.0
    yield "files", phase.log_files


@lru_cache(maxsize=8192)
def _read(path: str) -> _Path:
    *folders, name = path.lower().split("/")
    kind = kind_of(path)
    stem = name.split(".")[0]
    return _Path(
        kind=kind,
        language=language_of(path),
        log_length=math.log(max(len(path), 1) / _CENTRAL_PATH_CHARACTERS),
        depth=len(folders),
        stem=_telling_stem(name, stem),
        roles=tuple(_roles(path, folders, name, kind)),
    )


def _telling_stem(name: str, stem: str) -> str:
    """A name that says how large a file tends to be; empty: it says nothing."""
    if stem in _TELLING_STEMS:
        return stem
    if "version" in stem:
        return "version"
    return "number" if name.split(".", maxsplit=1)[0].isdigit() else ""


def _roles(path: str, folders: list[str], name: str, kind: str) -> Iterator[str]:
    """What else a path says of its file."""
    parts = _SEPARATORS.split(name)
    if kind == "test":
        yield "named as test" if _is_named_as_test(name, parts) else "fixture"
        if not _FIXTURE_FOLDERS.isdisjoint(folders):
            yield "fixture folder"
    for role, names in _ROLE_FOLDERS.items():
        if not names.isdisjoint(folders):
            yield role
    if folders and folders[0].startswith("."):
        yield "hidden"
    if not folders:
        yield "root"
    own_stem = path.rpartition("/")[2].split(".")[0]
    if own_stem.isupper() and len(own_stem) >= _SHORTEST_CAPITALS:
        yield "capitals"
    if any(character.isdigit() for character in name):
        yield "digit"
    yield f"words {min(len(parts) - 1, _MOST_WORDS_IN_A_NAME)}"


def _is_named_as_test(name: str, parts: list[str]) -> bool:
    stem = name.split(".", maxsplit=1)[0]
    marked = not _TEST_WORDS.isdisjoint(parts) or name == "conftest.py"
    return marked or stem.endswith(("test", "tests")) or name.startswith("test")


def title_line(description: str) -> str:
    """The first line of a description, up to 160 characters: what is read as a title."""
    return next(iter(description.strip().splitlines()), "")[:_TITLE_CHARACTERS]


@lru_cache(maxsize=1024)
def title_verbs(title: str) -> tuple[str, ...]:
    """What a title says is done, in a common form of each verb, in alphabetic order."""
    words = (_VERB_OF_WORD.get(word, word) for word in _WORD.findall(title.lower()))
    return tuple(sorted(_VERBS.intersection(words)))
