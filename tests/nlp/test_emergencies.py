"""Danger told by phrases: domain §2.6's own examples, spellings of chat, and a floor over the corpus."""

import pytest

from nlp.corpus import read_corpus
from nlp.emergencies import load_emergencies
from tests.models import JURISDICTION

PHRASES = load_emergencies(JURISDICTION / "emergencies.yaml")
EXAMPLES = read_corpus(JURISDICTION / "corpus")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("mi marido me quiere matar", "violencia"),
        ("MI MARIDO ME KIERE MATAR", "violencia"),
        ("ya no quiero vivir", "suicidio"),
        ("ya no kiero bibir", "suicidio"),
        ("se está quemando la casa", "incendio"),
        ("huele mucho a gas", "incendio"),
        ("no aparece mi niña", "desaparicion"),
        ("no aparese mi niña", "desaparicion"),
        ("hay balazos", "delito_en_curso"),
        ("ay balasos afuera", "delito_en_curso"),
        ("se derrumbó el cerro", "desastre"),
        ("está convulsionando", "accidente_medico"),
        ("me tienen encerrada", "violencia"),
    ],
)
def test_danger_is_told_in_any_spelling(text: str, kind: str) -> None:
    found = PHRASES.find(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "me muero de la risa",
        "estoy matado de cansancio",
        "la carretera está que arde",
        "nos están matando con los impuestos",
        "me mata la espera",
        "no hay agua en mi colonia",
        "",
    ],
)
def test_figures_of_speech_are_no_danger(text: str) -> None:
    assert PHRASES.find(text) is None


def test_nearly_every_emergency_of_the_corpus_is_found() -> None:
    danger = [example for example in EXAMPLES if example.emergency]
    found = [PHRASES.find(example.text) for example in danger]
    right = [f for f, example in zip(found, danger, strict=True) if f and f.kind == example.emergency]
    assert len(danger) > 450
    assert sum(f is not None for f in found) / len(danger) >= 0.94
    assert len(right) / len(danger) >= 0.9


def test_few_ordinary_messages_raise_an_alarm() -> None:
    calm = [example for example in EXAMPLES if not example.emergency]
    assert sum(PHRASES.find(example.text) is not None for example in calm) / len(calm) <= 0.02
