"""The phase that the demonstration carries out: a small shop, twelve files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from estimators.deliverable import Deliverable
from token_budget.spec import Phase, Run

if TYPE_CHECKING:
    from pathlib import Path

CEILING = 2_300
"""What the contract allows for one answer: output tokens. The whole takes about twice and a
quarter of it, thinking included."""

NOUNS = ("article", "basket", "customer", "invoice", "order", "payment", "refund", "voucher")
"""A module of its own for each."""

BEFORE = {
    "shop/__init__.py": '"""A shop."""\n\n__version__ = "0.1.0"\n',
    "README.md": "# Shop\n\nSells one thing.\n\n## Modules\n\nNone yet.\n",
    "shop/everything.py": '"""All of the shop, in one module."""\n\nSTOCK: dict[str, int] = {}\n',
}
"""The workspace before the phase."""

_MODULE = '''"""Everything about one {noun} of the shop."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class {name}:
    """One {noun}.

    Attributes:
        number: Unique in the shop.
        title: For people.
        cents: What it is worth, in cents.
        closed: Whether nothing more may change.
    """

    number: int
    title: str
    cents: int
    closed: bool = False


def close_{noun}({noun}: {name}) -> {name}:
    """The {noun}, so that nothing more may change.

    Raises:
        ValueError: It is closed already.
    """
    if {noun}.closed:
        raise ValueError(f"{noun} {{{noun}.number}} is closed already")
    return replace({noun}, closed=True)


def reprice_{noun}({noun}: {name}, cents: int) -> {name}:
    """The {noun} with another worth.

    Raises:
        ValueError: It is closed, or the worth is negative.
    """
    if {noun}.closed or cents < 0:
        raise ValueError(f"{noun} {{{noun}.number}} cannot be worth {{cents}} cents now")
    return replace({noun}, cents=cents)


def worth_of_{noun}s({noun}s: list[{name}]) -> int:
    """What all of them are worth that are still open, in cents."""
    return sum({noun}.cents for {noun} in {noun}s if not {noun}.closed)
'''

_TEST = """from shop.basket import Basket, worth_of_baskets
from shop.order import Order, close_order


def test_a_closed_order_stays_closed():
    order = close_order(Order(1, "first", 500))
    assert order.closed


def test_only_open_baskets_are_worth_something():
    baskets = [Basket(1, "a", 300), Basket(2, "b", 200, closed=True)]
    assert worth_of_baskets(baskets) == 300
"""


def operations() -> list[dict[str, Any]]:
    """The whole answer: nine files are created, two changed, one deleted."""
    modules = [
        {"type": "create", "path": f"shop/{noun}.py", "content": _module(noun)} for noun in NOUNS
    ]
    imports = "".join(f"from shop.{noun} import {noun.title()}\n" for noun in NOUNS)
    listed = "".join(f"- `shop.{noun}`: one {noun}\n" for noun in NOUNS)
    package = {"type": "replace", "old": '"""A shop."""\n', "new": f'"""A shop."""\n\n{imports}'}
    version = {"type": "replace", "old": '"0.1.0"', "new": '"0.2.0"'}
    readme = {"type": "replace", "old": "None yet.\n", "new": listed}
    return [
        *modules,
        {"type": "modify", "path": "shop/__init__.py", "edits": [package, version]},
        {"type": "modify", "path": "README.md", "edits": [readme]},
        {"type": "delete", "path": "shop/everything.py"},
        {"type": "create", "path": "tests/test_shop.py", "content": _TEST},
    ]


def demo_run() -> Run:
    """The run: its one phase has the contract that cuts its answer off."""
    phase = Phase(
        phase_id="split",
        run_id="demo",
        display_name="Split the shop into modules",
        description="One module for each noun, with its value and what can be done with it.",
        deliverables=tuple(
            Deliverable(path=one["path"], action=one["type"], text=one["path"])
            for one in operations()
        ),
        max_tokens=CEILING,
    )
    return Run(run_id="demo", phases=(phase,))


def expected_files() -> dict[str, str | None]:
    """What every file must hold in the end; None: nothing."""
    imports = "".join(f"from shop.{noun} import {noun.title()}\n" for noun in NOUNS)
    listed = "".join(f"- `shop.{noun}`: one {noun}\n" for noun in NOUNS)
    return {
        **{f"shop/{noun}.py": _module(noun) for noun in NOUNS},
        "shop/__init__.py": f'"""A shop."""\n\n{imports}\n__version__ = "0.2.0"\n',
        "README.md": f"# Shop\n\nSells one thing.\n\n## Modules\n\n{listed}",
        "shop/everything.py": None,
        "tests/test_shop.py": _TEST,
    }


def write_workspace(folder: Path) -> None:
    """Put the files there that the phase starts from."""
    for path, content in BEFORE.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, encoding="utf-8")


def _module(noun: str) -> str:
    return _MODULE.format(noun=noun, name=noun.title())
