"""Operations that a part of an answer repeats from the parts before it.

A part may begin with the last operations again, or with all of them from the top. Equal operations
are one operation, and so is a piece of a file that was kept whole; what contradicts an operation
that was kept cannot be joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from continuation.errors import SeamMismatch
from continuation.seam import overlaps
from ndjson import Continue, Create, Modify, Rename
from ndjson.operations import encode_one

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ndjson import FileOperation, Unfinished


def without_repeats(
    kept: Sequence[FileOperation],
    arrived: Sequence[FileOperation],
    *,
    open_paths: Collection[str] = (),
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
    known, settled = set(kept), {one.path: one for one in kept}
    reduced = [_without_known_edits(kept, one) for one in arrived[repeated:]]
    later = (one for one in reduced if one is not None and one not in known)
    new = tuple(one for one in later if not _ends_like(settled.get(one.path), one))
    goes_on = _last_repeats(kept, arrived)
    restarted = repeated > goes_on or (from_the_top and not goes_on)
    longer = {one.path for one in reduced if one is not None and one not in arrived}
    created = {one.path for one in new if isinstance(one, Create)}
    for one in new:
        earlier = settled.get(one.path)
        if earlier is None:
            _check_has_begun(one, created)
        elif one.path not in {*open_paths, *longer} and not _goes_with(earlier, one, restarted):
            raise SeamMismatch(one.path, f"the {earlier.type} that was kept", f"another {one.type}")
    return new


def _without_known_edits(kept: Sequence[FileOperation], one: FileOperation) -> FileOperation | None:
    """A modify without the edits that were kept, where it has all of them; None: it has no other.

    What is lacking of a modify may come in pieces, so the same edits may come in other operations.
    """
    if not isinstance(one, Modify):
        return one
    modifies = (other for other in kept if isinstance(other, Modify) and other.path == one.path)
    known = {edit for other in modifies for edit in other.edits}
    new = tuple(edit for edit in one.edits if edit not in known)
    if not new:
        return None
    agrees = known and known <= set(one.edits)
    return one.model_copy(update={"edits": new}) if agrees else one


def repeats_cut_off(kept: Sequence[FileOperation], cut: Unfinished) -> bool:
    """Whether the operation in which a part was cut off repeats a file that was kept whole.

    Raises:
        SeamMismatch: It says something else of that file.
    """
    earlier = next((one for one in reversed(kept) if one.path == cut.path), None)
    if not isinstance(earlier, Create) or cut.kind not in ("create", "continue"):
        return False
    text = cut.content + cut.fragment
    if cut.kind == "create" and earlier.content.startswith(text):
        return True
    if cut.kind == "continue" and (cut.after is None or _holds(earlier.content, cut.after, text)):
        return True
    raise SeamMismatch(earlier.path, "the create that was kept", f"another {cut.kind}")


def leading_repeats(kept: Sequence[FileOperation], arrived: Sequence[FileOperation]) -> int:
    """How many operations at the start of a part are those that were kept last, or first."""
    known, found = _keys(kept), _keys(arrived)
    same = 0
    for one, other in zip(known, found, strict=False):
        if one != other:
            break
        same += 1
    return max(same, _last_repeats(kept, arrived))


def _last_repeats(kept: Sequence[FileOperation], arrived: Sequence[FileOperation]) -> int:
    """How many operations at the start of a part are those that were kept last."""
    return next(overlaps(_keys(kept), _keys(arrived)), 0)


def _check_has_begun(one: FileOperation, created: Collection[str]) -> None:
    """Refuse a continue of a file of which nothing is kept."""
    if isinstance(one, Continue) and one.path not in created:
        raise SeamMismatch(one.path, "the file from its beginning: nothing of it is kept", one.type)


def _ends_like(earlier: FileOperation | None, one: FileOperation) -> bool:
    """Whether a continue is the end of a file that was kept whole."""
    if not isinstance(earlier, Create) or not isinstance(one, Continue):
        return False
    return _with_line_feeds(earlier.content).endswith(_with_line_feeds(one.content)) and _holds(
        earlier.content, one.after, one.content
    )


def _holds(content: str, after: str, text: str) -> bool:
    """Whether a text follows a line in a file."""
    said = f"\n{after}\n{text}"
    return _with_line_feeds(said) in _with_line_feeds(f"\n{content}")


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n")


def _goes_with(earlier: FileOperation, later: FileOperation, restarted: bool) -> bool:
    """Whether an answer that goes on may say this of a file of which it said that before.

    A second modify may add to the first. In an answer that starts over, and does not come as far as
    what was kept last, it replaces the first: one of them is meant, and nobody knows which.
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
