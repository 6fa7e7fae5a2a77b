"""What counts ``cl100k_base`` tokens: tiktoken, or bpe-openai where it is installed.

No network is ever used. tiktoken downloads its rank table on first use, so we carry the table and
let tiktoken find it in its cache, after making sure that it is there and whole: a damaged one
tiktoken would delete and download.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import contextmanager
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

from token_budget.errors import CountingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

Engine = Literal["bpe-openai", "tiktoken"]

ENCODING = "cl100k_base"

RANK_TABLE = (
    Path(__file__).parent / "data" / "tiktoken" / "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
)
"""The name is what tiktoken looks for: the SHA-1 of the address it would download from."""

RANK_TABLE_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
"""As tiktoken pins it (``tiktoken_ext.openai_public``, 0.14)."""

CUT_EVERY = 100_000
"""Characters between the places where a run of white space may be cut; see `pieces`."""

_BINDINGS = "bpe_openai._bindings"

_loaded: dict[Engine, Callable[[str], int]] = {}
_loading = Lock()


@cache
def preferred_engine() -> Engine:
    """The faster of the engines that are installed."""
    return "bpe-openai" if find_spec("bpe_openai") else "tiktoken"


def count_with(engine: Engine, text: str) -> int:
    """The tokens of ``text``, which must be well-formed Unicode, by one engine.

    Raises:
        CountingError: The engine cannot be loaded; the message says how to put it right.
    """
    count = _loaded.get(engine) or _load(engine)
    if len(text) <= CUT_EVERY:
        return count(text)
    return sum(map(count, pieces(text)))


def pieces(text: str) -> list[str]:
    """``text`` in pieces that every engine can count.

    tiktoken panics on a million white-space characters in a row (its regular expressions run out
    of backtracking). So every `CUT_EVERY`-th character is a cut if it stands amid white space: all
    `CUT_EVERY` characters around it. A cut changes the count by two tokens at the most (measured on
    random runs); no other text has one.
    """
    around = CUT_EVERY // 2
    cuts = [
        place
        for place in range(CUT_EVERY, len(text), CUT_EVERY)
        if text[place].isspace() and text[place - around : place + around].isspace()
    ]
    return [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]


def check_rank_table(path: Path) -> None:
    """Make sure that the rank table is there and whole.

    Raises:
        CountingError: It is not.
    """
    remedy = "run `pip install --force-reinstall token-budget`"
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CountingError(f"the rank table {path} cannot be read: {remedy}") from error
    if found != RANK_TABLE_SHA256:
        raise CountingError(
            f"the rank table {path} is damaged (SHA-256 {found}, not {RANK_TABLE_SHA256}): {remedy}"
        )


def _load(engine: Engine) -> Callable[[str], int]:
    with _loading:
        if engine not in _loaded:
            _loaded[engine] = _tiktoken() if engine == "tiktoken" else _bpe_openai()
        return _loaded[engine]


def _tiktoken() -> Callable[[str], int]:
    from tiktoken import get_encoding
    from tiktoken.registry import ENCODINGS

    if ENCODING not in ENCODINGS:  # else the program has loaded it, and nothing will be read
        check_rank_table(RANK_TABLE)
    with _environment("TIKTOKEN_CACHE_DIR", str(RANK_TABLE.parent)):
        encode = get_encoding(ENCODING).encode_ordinary
    return lambda text: len(encode(text))


def _bpe_openai() -> Callable[[str], int]:
    bindings = sys.modules.get(_BINDINGS) or _load_bindings()
    count: Callable[[str], int] = bindings.tokenizer_for_encoding(ENCODING).count
    return count


def _load_bindings() -> ModuleType:
    """The compiled part of bpe-openai, without its Python part.

    That one parses rank tables which counting does not need (0.5 s), and refuses long texts. The
    module goes by its own name, so that ``import bpe_openai`` will find it and not load it twice.
    """
    package = find_spec("bpe_openai")
    spec = package and PathFinder.find_spec(_BINDINGS, package.submodule_search_locations)
    if not spec or not spec.loader:
        raise CountingError("bpe-openai is not installed: run `pip install 'token-budget[fast]'`")
    try:
        sys.modules[_BINDINGS] = module = module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        sys.modules.pop(_BINDINGS, None)
        raise CountingError(f"bpe-openai cannot be loaded ({error}): reinstall it") from error
    return module


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable for the length of a block, and leave it exactly as it was."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
