"""Checks of what an embedder is configured with, and the name of what changes its vectors."""

from __future__ import annotations

import hashlib
import json
import math
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from token_budget.errors import ConfigError

Precision = Literal["float16", "float32"]
"""How the numbers of vectors are kept."""

DEFAULT_BYTES = 256 * 1024 * 1024
"""Of a cache of vectors: some 400,000 of 256 numbers in half precision."""

REVISION_DIGITS = 12
"""Hexadecimal digits that tell settings apart: 48 bits."""


def check_url(place: str, url: str) -> None:
    """Make sure that requests can go somewhere.

    Raises:
        ConfigError: It is no http or https URL of a host, or holds a password.
    """
    expected = "http://HOST/… or https://HOST/…"
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, known = urlsplit(""), False
    if parts.username is not None or parts.password is not None:
        raise ConfigError("the URL of an embedder must hold no password", place)
    if not known:
        raise ConfigError("no URL of an embedder", place, url, expected)


def goes_out(url: str) -> bool:
    """Whether a URL leads off this machine: only then a proxy may stand between."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return host != "localhost"


def check_count(place: str, value: object) -> None:
    """Make sure that a setting counts something.

    Raises:
        ConfigError: It is no whole number of at least 1.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError("no such number", place, value, "a whole number of at least 1")


def check_seconds(place: str, value: float) -> None:
    """Make sure that a setting is a time to wait.

    Raises:
        ConfigError: It is no number above 0.
    """
    if not (math.isfinite(value) and value > 0):
        raise ConfigError("no time to wait", place, value, "seconds, more than 0")


def check_key(place: str, key: str | None) -> None:
    """Make sure that a key can stand in a header; it is never shown.

    Raises:
        ConfigError: It holds what cannot.
    """
    if key is not None and not (key.isascii() and key.isprintable()):
        raise ConfigError("a key holds characters that cannot be sent", place)


def revision_with(revision: str, **settings: object) -> str:
    """A revision that is another one wherever a setting that changes vectors is.

    Args:
        revision: What the user calls the build of the model.
        **settings: Those that change vectors; empty ones change nothing.
    """
    given = {name: value for name, value in settings.items() if value}
    if not given:
        return revision
    text = json.dumps(given, sort_keys=True)
    return f"{revision}+{hashlib.sha256(text.encode()).hexdigest()[:REVISION_DIGITS]}"
