"""Boosted regression trees as plain numbers: fitted elsewhere, read and evaluated here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAF = -1
"""Stands for the feature of a node that has no children."""


class Node(NamedTuple):
    """A question of a tree, or an answer; a tuple, because a prediction takes thousands apart.

    Attributes:
        feature: The number of the feature that is asked about; `LEAF`: this is an answer.
        number: The largest value that goes left, or the answer.
        left: The number of the node for values up to ``number``.
        right: The number of the node for larger ones.
    """

    feature: int
    number: float
    left: int = 0
    right: int = 0


Tree = tuple[Node, ...]
"""Nodes, the first one asked first; children stand after their parent."""


@dataclass(frozen=True, slots=True)
class Trees:
    """A sum of trees.

    Attributes:
        start: What the trees are added to.
        trees: Any number of them.
    """

    start: float
    trees: tuple[Tree, ...]

    def predict(self, row: Sequence[float]) -> float:
        """The value of a row of features."""
        total = self.start
        for tree in self.trees:
            feature, number, left, right = tree[0]
            while feature >= 0:
                feature, number, left, right = tree[left if row[feature] <= number else right]
            total += number
        return total

    def as_json(self) -> dict[str, Any]:
        """Plain numbers; `from_json` makes the same of them."""
        return {"start": self.start, "trees": [[_row(node) for node in one] for one in self.trees]}

    @classmethod
    def from_json(cls, data: Any, features: int) -> Trees:  # noqa: ANN401 - what a file holds
        """The trees of `as_json`.

        Args:
            data: Out of a data file.
            features: How many a row has.

        Raises:
            KeyError: A part is missing.
            TypeError: A part is of another type.
            ValueError: A figure is not finite, or a tree leads nowhere or in a circle.
        """
        trees = tuple(tuple(_node(row) for row in tree) for tree in data["trees"])
        for number, tree in enumerate(trees):
            _check(tree, features, f"trees[{number}]")
        return cls(_finite(data["start"]), trees)


def _row(node: Node) -> list[float]:
    answer: list[float] = [node.number]
    return answer if node.feature == LEAF else [node.feature, node.number, node.left, node.right]


def _node(row: Sequence[float]) -> Node:
    if len(row) == 1:
        return Node(LEAF, _finite(row[0]))
    feature, number, left, right = row
    return Node(int(feature), _finite(number), int(left), int(right))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, found {number}")
    return float(number)


def _check(tree: Tree, features: int, place: str) -> None:
    if not tree:
        raise ValueError(f"{place}: expected at least one node")
    for number, node in enumerate(tree):
        if node.feature == LEAF:
            continue
        if not 0 <= node.feature < features:
            raise ValueError(f"{place}: expected a feature under {features}, found {node.feature}")
        if not all(number < child < len(tree) for child in (node.left, node.right)):
            raise ValueError(f"{place}: expected children after node {number}")
