"""Operations that a part of an answer repeats from the parts before it.

A part may begin with the last operations again, or with all of them from the top. Equal operations
are one operation; what contradicts one that was kept cannot be joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch
from continuation.seam import overlaps
from ndjson import Continue, Create, Modify, Rename
from ndjson.operations import encode_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ndjson import FileOperation


def without_repeats(
    kept: Sequence[FileOperation],
    arrived: Sequence[FileOperation],
    *,
    open_paths: Iterable[str] = (),
    from_the_top: bool = False,
) -> tuple[FileOperation, ...]:
    """What a part adds.

    Args:
        kept: The operations of the parts before it.
        arrived: Those of the part.
        open_paths: Files of which an operation was cut off: more about them is expected.
        from_the_top: Whether the part opened like a new answer.

    Raises:
        SeamMismatch: An operation contradicts one that was kept.
    """
    repeated = leading_repeats(kept, arrived)
    known = set(kept)
    new = tuple(one for one in arrived[repeated:] if one not in known)
    restarted = from_the_top or repeated > 0
    settled = {one.path: one for one in kept}
    for one in new:
        earlier = settled.get(one.path)
        if earlier is None or one.path in open_paths or _goes_with(earlier, one, restarted):
            continue
        raise SeamMismatch(one.path, f"the {earlier.type} that was kept", f"another {one.type}")
    return new


def leading_repeats(kept: Sequence[FileOperation], arrived: Sequence[FileOperation]) -> int:
    """How many operations at the start of a part are those that were kept last, or first."""
    known, found = _keys(kept), _keys(arrived)
    same = 0
    for one, other in zip(known, found, strict=False):
        if one != other:
            break
        same += 1
    return max(same, next(overlaps(known, found), 0))


def _goes_with(earlier: FileOperation, later: FileOperation, restarted: bool) -> bool:
    """Whether an answer that goes on may say this of a file of which it said that before.

    A second modify may add to the first. In an answer that starts over it replaces the first: one
    of them is meant, and nobody knows which.
    """
    if isinstance(earlier, Rename):
        return True
    if isinstance(later, Continue):
        return False
    if isinstance(later, Create):
        return not isinstance(earlier, Create | Modify)
    return not restarted


def _keys(operations: Sequence[FileOperation]) -> list[str]:
    return [encode_one(one) for one in operations]
