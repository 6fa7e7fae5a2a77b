from __future__ import annotations

import math

import pytest

from estimators.adaptation import Adaptation, Belief
from estimators.evidence import evidence, leverages
from estimators.groups import Group

CHAIN = (Group("files", 24, 0.99), Group("folder a", 8, 0.95), Group("path a/b.py", 4, 0.85))


def known(**beliefs):
    names = {group.key.split()[0]: group.key for group in CHAIN}
    return Adaptation({names[name]: belief for name, belief in beliefs.items()})


def test_nothing_learnt_is_nothing_told():
    assert evidence(CHAIN, Adaptation()) == ""


def test_a_group_is_told_with_its_factor_its_phases_and_the_last_of_them():
    told = evidence(CHAIN, known(path=Belief(4.0, math.log(0.5), "1a2b3c")))
    assert told == "path a/b.py: x0.50 in 4.0 phases, last 1a2b3c"


def test_the_groups_that_weigh_the_most_come_first():
    told = evidence(CHAIN, known(files=Belief(100.0, 0.1), folder=Belief(8.0, 0.2)))
    assert told == "folder a: x1.22 in 8.0 phases; files: x1.11 in 100.0 phases"


def test_leverages_are_what_a_shift_is_made_of():
    learnt = known(files=Belief(30.0, 0.3), folder=Belief(5.0, -0.2), path=Belief(2.0, 0.9))
    weighed = leverages(CHAIN, learnt)
    shift = sum(share * learnt.belief(group).mean for group, share in weighed)
    assert shift == pytest.approx(learnt.shift(CHAIN))
    assert sum(share for _, share in weighed) < 1
