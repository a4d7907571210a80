"""`canaliza bench` in small: each part runs opposite the real program, and its figures are figures."""

import json
import math
from pathlib import Path

import pytest
from rich.console import Console

from canaliza.bench.acknowledge import measure_acknowledging
from canaliza.bench.claim import measure_claiming
from canaliza.bench.end_to_end import measure_end_to_end
from canaliza.bench.figures import Figure
from canaliza.bench.machine import fsyncs_a_second
from canaliza.bench.parts import measure_parts
from canaliza.bench.whole import Measured, bench
from intake.errors import SettingsError
from intake.settings import Settings


@pytest.fixture
def settings(model: Path) -> Settings:
    return Settings(model_dir=str(model))


def _values(figures: list[Figure]) -> dict[str, float]:
    assert all(math.isfinite(figure.value) for figure in figures)
    return {figure.name: figure.value for figure in figures}


@pytest.mark.slow
def test_what_is_measured_is_what_the_program_does(settings: Settings, tmp_path: Path) -> None:
    kept = _values(
        measure_acknowledging(settings, "sqlite", tmp_path, "", fsyncs=fsyncs_a_second(tmp_path), requests=64)
    )
    assert kept["refused"] == 0
    assert _values(measure_claiming(settings, "sqlite", tmp_path, "", commits=1000.0, events=20))
    whole = _values(measure_end_to_end(settings, "sqlite", tmp_path, "", paced=10, flood=20))
    assert whole["sustained, one process"] > 0
    assert _values(measure_parts(settings, tmp_path, messages=20))


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="canaliza train"):
        bench(Settings(model_dir=str(tmp_path)), Console(quiet=True), [Measured.CLAIM], "", None)


def test_a_figure_knows_whether_it_is_reached() -> None:
    assert Figure("x", 1.0, "s", 2, is_ceiling=True).is_reached
    assert Figure("x", 1.0, "×", 2).is_reached is False
    assert Figure("x", 1.0, "×").is_reached is None


def test_figures_go_to_programs_too(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "var").mkdir()
    monkeypatch.chdir(tmp_path)  # where throw-away databases go
    bench(settings, Console(quiet=True), [], "", tmp_path / "figures.json")
    found = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert found["the machine"][0]["name"] == "fsync of 4 kB"
    assert found["the machine"][0]["value"] > 0
