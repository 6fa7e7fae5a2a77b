from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from token_budget.ledger import Ledger, Limit
from token_budget.pages.document import render
from token_budget.storage import Database
from token_budget.telemetry import Telemetry
from token_budget.telemetry.report import empty_report, report_of
from token_budget.telemetry.report_page import EMPTY, report_page

DAY = 86_400
HOSTILE = '<script src="//x">&'


@pytest.fixture
def filled(tmp_path, make_round, make_phase):
    with Ledger(f"sqlite:///{tmp_path / 'state.db'}") as ledger:
        ledger.set_limit((HOSTILE,), Limit(total_tokens=1_000, micro_usd=5_000_000))
        ledger.set_limit((), Limit.daily(date(2027, 1, 15), calls=10))
        telemetry = Telemetry(ledger.database)
        for number in range(12):
            common = {"scope": ("r", str(number)), "model": HOSTILE if number % 2 else "m"}
            common["at"] = make_round().at + number * DAY
            telemetry.write(make_phase(**common), [make_round(**common)])
        yield report_of(ledger.database)


def parsed(found):
    text = render(report_page(found))
    assert text.startswith("<!DOCTYPE html>\n")
    return ET.fromstring(text.split("\n", 1)[1])


def texts(page):
    return "\n".join(page.itertext())


def test_the_page_has_every_section_figure_and_plot(filled):
    page = parsed(filled)
    assert [one.text for one in page.iter("h2")] == [
        "In short",
        "By day",
        "By model",
        "By category",
        "Calibration of the estimates",
        "Spend against limits",
    ]
    assert len(list(page.iter("figure"))) == len(list(page.iter("svg"))) == 4
    assert "Truncation rate" in texts(page)
    assert "$5.00" in texts(page)


def test_it_fetches_nothing_and_hostile_names_are_text(filled):
    page = parsed(filled)
    assert not {"script", "img", "link", "iframe"} & {one.tag for one in page.iter()}
    assert not [one for one in page.iter() if {"src", "href"} & set(one.attrib)]
    assert HOSTILE in texts(page)


def test_a_page_of_nothing_says_so():
    assert EMPTY in texts(parsed(empty_report("nowhere")))


def test_books_without_records_show_their_limits(tmp_path):
    with Ledger(f"sqlite:///{tmp_path / 'state.db'}") as ledger:
        ledger.set_limit((), Limit(total_tokens=0))
        page = parsed(report_of(ledger.database))
    assert EMPTY in texts(page)
    assert "Spend against limits" in texts(page)


def test_one_round_without_a_phase_has_a_page(tmp_path, make_round):
    database = Database(f"sqlite:///{tmp_path / 'state.db'}")
    from token_budget.telemetry import write_round

    with database.writing() as connection:
        write_round(connection, make_round(output=0, thinking=0, stop_reason=None))
    assert "By model" in texts(parsed(report_of(database)))
    database.close()
