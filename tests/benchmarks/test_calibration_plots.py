from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.calibration_plots import (
    coverage_over_time,
    error_by_kind,
    predicted_against_actual,
    reliability,
    write_plots,
)

NAMES = ["reliability", "predicted_against_actual", "coverage_over_time", "error_by_kind"]
PNG = b"\x89PNG\r\n\x1a\n"
DRAWINGS = [reliability, predicted_against_actual, coverage_over_time, error_by_kind]


@pytest.fixture(scope="module")
def forecasts(repository_of):
    return [*repository_of("a/a", 150), *repository_of("b/b", 220, in_sample=True)]


@pytest.fixture(scope="module")
def written(forecasts, tmp_path_factory):
    return write_plots(tmp_path_factory.mktemp("plots"), forecasts, "leave-one-out, ndjson")


def test_four_figures_are_written_as_image_and_drawing(written):
    files, folder = written, written[0].parent
    assert files == [folder / f"{name}.{kind}" for name in NAMES for kind in ("png", "svg")]
    for file in files[::2]:
        assert file.read_bytes().startswith(PNG)
    for file in files[1::2]:
        assert ElementTree.parse(file).getroot().tag.endswith("svg")


def test_the_same_forecasts_give_the_same_bytes(written, forecasts, tmp_path):
    again = write_plots(tmp_path, forecasts, "leave-one-out, ndjson")
    assert [file.name for file in again] == [file.name for file in written]
    for one, other in zip(written, again, strict=True):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("draw", DRAWINGS)
def test_axes_are_labelled_and_the_legend_stands_outside(draw, forecasts):
    figure = draw(forecasts, "the subject")
    assert "the subject" in figure.get_suptitle()
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    assert all(axes.get_xlabel() or axes.get_shared_x_axes() for axes in panels)
    assert panels[0].get_ylabel()
    assert panels[-1].get_xlabel()
    assert len(figure.legends) == 1
    assert all(axes.get_legend() is None for axes in figure.axes)


def test_phases_that_the_fit_saw_are_drawn_only_where_there_are_no_others(
    forecasts, tmp_path, monkeypatch
):
    titles = []
    monkeypatch.setattr(
        "benchmarks.calibration_plots.reliability",
        lambda shown, title: titles.append((len(shown), title)) or reliability(shown, title),
    )
    monkeypatch.setattr("benchmarks.calibration_plots._saved", lambda *_: [])
    write_plots(tmp_path, forecasts, "s")
    write_plots(tmp_path, [one for one in forecasts if one.in_sample], "s")
    assert titles == [
        (150, "s: 150 phases of 200 tokens or more"),
        (220, "s, in-sample: 220 phases of 200 tokens or more"),
    ]


def test_rolling_coverage_begins_after_its_window(forecast):
    held, missed = forecast(actual=500), forecast(actual=5_000)
    own = [held] * 100 + [missed] * 50
    ordered = [forecast(order=order, actual=one.actual) for order, one in enumerate(own)]
    figure = coverage_over_time(ordered, "s")
    one, together = figure.axes[0].lines[:2]
    assert list(one.get_xdata()) == list(range(100, 151))
    assert one.get_ydata()[0] == 1
    assert one.get_ydata()[-1] == pytest.approx(0.5)
    assert list(together.get_ydata()) == pytest.approx(list(one.get_ydata()))


def test_histories_that_are_too_short_for_a_window_are_said_to_be(repository_of):
    figure = coverage_over_time(repository_of("a/a", 99), "s")
    assert "no repository has 100 phases" in figure.axes[0].get_title()


def test_the_reliability_of_right_quantiles_lies_on_the_diagonal(forecast):
    figure = reliability([forecast(actual=tokens) for tokens in range(10, 1_010, 10)], "s")
    diagonal, cold, _ = figure.axes[0].lines
    assert list(diagonal.get_xdata()) == list(diagonal.get_ydata())
    assert list(cold.get_ydata()) == pytest.approx(list(cold.get_xdata()), abs=0.011)


def test_kinds_come_with_how_many_phases_they_have(forecasts):
    [axes] = error_by_kind(forecasts, "s").axes
    labels = [one.get_text() for one in axes.get_yticklabels()]
    assert "code\n(124 phases)" in labels
    assert len(axes.patches) == 3 * len(labels)
