"""`canaliza evaluate`, `bench`, `corpus`: what they print is what they were asked."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from canaliza import corpus_needs
from canaliza.bench.mind import bench
from canaliza.evaluating import TARGETS, Wish, evaluate
from canaliza.model_card import write_card
from intake.errors import NotFound, SettingsError
from intake.settings import Settings
from nlp.baselines import learn_baselines
from nlp.corpus import CorpusError, Example
from nlp.reading import EmergencyKind, MessageKind

DEMO = Path(__file__).parents[2] / "jurisdictions" / "oaxaca" / "demo_petitions.jsonl"


@pytest.fixture
def settings(model: Path) -> Settings:
    return Settings(model_dir=str(model))


@pytest.fixture
def out() -> Console:
    return Console(record=True, width=120)


def test_a_file_is_measured_by_the_model_in_place(settings: Settings, out: Console, tmp_path: Path) -> None:
    some = tmp_path / "some.jsonl"
    some.write_text("\n".join(DEMO.read_text(encoding="utf-8").splitlines()[:60]), encoding="utf-8")
    evaluate(settings, Wish(some, json_to=tmp_path / "out.json", card_to=tmp_path / "card.md"), out)
    report = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert report["measures"].keys() == {name for name, *_ in TARGETS}
    assert report["measures"]["agency_top1"] > 0.6  # everyday petitions by a hand that was never learnt from
    assert sum(group["petitions"] for group in report["agencies"].values()) == 60
    assert f"{report['measures']['agency_top1']:.3f}" in out.export_text()
    assert "## By voice" in (tmp_path / "card.md").read_text(encoding="utf-8")


def test_a_file_of_somebody_elses_needs_no_author(settings: Settings, out: Console, tmp_path: Path) -> None:
    line = {"text": "no hay agua en la colonia", "kind": "petition", "emergency": None, "agencies": ["SOAPA"]}
    (tmp_path / "own.jsonl").write_text(json.dumps(line), encoding="utf-8")
    evaluate(settings, Wish(tmp_path / "own.jsonl", json_to=tmp_path / "out.json"), out)
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["agencies"].keys() == {"SOAPA"}


def test_without_a_model_the_remedy_is_told(tmp_path: Path, out: Console) -> None:
    nowhere = Settings(model_dir=str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="canaliza train"):
        evaluate(nowhere, Wish(DEMO), out)
    with pytest.raises(SettingsError, match="canaliza train"):
        bench(nowhere, out)


def test_a_bad_line_is_named(settings: Settings, out: Console, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"text": "hola"}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match=r"bad\.jsonl:1"):
        evaluate(settings, Wish(tmp_path / "bad.jsonl"), out)


def test_an_agency_is_told_what_it_lacks(out: Console) -> None:
    corpus_needs.show(Settings(), "SOAPA", out)
    told = out.export_text()
    assert "SOAPA" in told
    assert "MUNICIPIO" in told
    with pytest.raises(NotFound):
        corpus_needs.show(Settings(), "NADIE", out)


def test_the_whole_corpus_is_counted(out: Console) -> None:
    corpus_needs.show(Settings(), None, out)
    assert "tested" in out.export_text()


def test_the_card_has_the_curve_and_the_baselines(tmp_path: Path) -> None:
    measures = {name: 0.5 for name, *_ in TARGETS}
    group = {"SOAPA": {"petitions": 3, "top1": 0.5, "top3": 1.0}}
    report = {
        "model": "m-1",
        "measures": measures,
        "agencies": group,
        "voices": group,
        "baselines": {"other": measures},
        "curve": {"200": {"agency_top1": 0.25, "agency_top3": 0.5}},
    }
    write_card(tmp_path / "card.md", report, TARGETS)
    card = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "| measure | target | here | other |" in card
    assert "| 200 | 0.250 | 0.500 |" in card


def test_every_baseline_learns_kind_agency_and_danger() -> None:
    examples = [
        Example(f"{n}", text, MessageKind(kind), EmergencyKind(danger) if danger else None, agencies, "neutro", "a")
        for n, (text, kind, danger, agencies) in enumerate(
            [
                ("no hay agua en la colonia", "petition", None, ("SOAPA",)),
                ("el agua no llega al barrio", "petition", None, ("SOAPA",)),
                ("la luz se va cada noche", "petition", None, ("CFE",)),
                ("el recibo de la luz llegó caro", "petition", None, ("CFE",)),
                ("se quema mi casa vengan", "petition", "incendio", ("CEPC",)),
                ("fuego en la casa de junto", "petition", "incendio", ("CEPC",)),
                ("hola buenas tardes", "greeting", None, ()),
                ("buenas tardes a todos", "greeting", None, ()),
            ]
            * 3
        )
    ]
    minds = learn_baselines(examples, seed=7)
    assert len(minds) == 3
    for name, mind in minds.items():
        opinion = mind("no llega el agua")
        assert opinion.ranking[0][0] == "SOAPA", name
        assert sum(share for _, share in opinion.ranking) == pytest.approx(1.0, abs=1e-6)
        assert mind("fuego, se quema la casa").is_emergency, name
