"""What the editor of an answer advises: long sentences, an office's words, and what a text leaves open."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.answers.plain_language import Advice, Matter, count_words, flatten, load_plain_language, split_sentences
from tests.models import JURISDICTION

PLAIN = load_plain_language(JURISDICTION / "plain_language.yaml")

GOOD = [
    "La cuadrilla reparó la fuga el martes; el agua vuelve mañana por la tarde.",
    "Cambiamos las dos lámparas de la calle Hidalgo el lunes 30 de noviembre. Si se apagan otra vez, avísenos aquí.",
    "Este año no hay dinero para pavimentar su calle. La Dirección de Obras recibe peticiones en enero: lleve el "
    "acta de su comité a la oficina 12 del Palacio Municipal, de 9:00 a 15:00.",
    "Una brigada de la Comisión Estatal del Agua revisará el pozo el jueves 3 de diciembre. Para preguntar cómo va, "
    "llame al 951 501 5000.",
    "Su acta ya está lista. Pase por ella al Registro Civil de Tlacolula, de lunes a viernes, con una identificación.",
    "Iremos a su colonia el viernes entre las 10:00 y las 13:00. El ingeniero Luis Pérez lleva las piezas de la bomba. "
    "Si ese día no hay nadie, escríbanos aquí para cambiar la hora.",
]
# As offices write; each with what must be said of it.
BAD: list[tuple[str, set[Matter]]] = [
    (
        "Por medio del presente me permito informarle que su petición fue turnada al área correspondiente a efecto de "
        "que en el ámbito de sus atribuciones realice las acciones conducentes y le brinde la atención procedente.",
        {Matter.LONG, Matter.JARGON, Matter.WHAT, Matter.WHO, Matter.WHEN, Matter.WHERE},
    ),
    (
        "En atención a su solicitud, se hace de su conocimiento que se dio vista a la instancia competente, misma que "
        "dará el seguimiento correspondiente a la brevedad posible.",
        {Matter.JARGON, Matter.WHAT, Matter.WHO, Matter.WHEN, Matter.WHERE},
    ),
    (
        "No es posible atender lo solicitado toda vez que no se cuenta con suficiencia presupuestal en el presente "
        "ejercicio fiscal.",
        {Matter.JARGON, Matter.WHO, Matter.WHEN, Matter.WHERE},
    ),
    ("Se reparó la luminaria.", {Matter.JARGON, Matter.WHO, Matter.WHEN}),
    ("Se canalizó al departamento de bacheo para lo conducente.", {Matter.JARGON, Matter.WHEN, Matter.WHERE}),
    ("La cuadrilla irá a reparar la bomba próximamente.", {Matter.JARGON, Matter.WHEN, Matter.WHERE}),
]


def _matters(text: str) -> set[Matter]:
    return {advice.matter for advice in PLAIN.advise(text)}


@pytest.mark.parametrize("text", GOOD)
def test_a_plain_answer_that_says_it_all_is_left_alone(text: str) -> None:
    assert PLAIN.advise(text) == ()


@pytest.mark.parametrize(("text", "expected"), BAD)
def test_an_office_text_is_told_what_it_lacks(text: str, expected: set[Matter]) -> None:
    assert expected <= _matters(text)


def test_what_is_done_needs_no_further_step_and_what_is_refused_does() -> None:
    assert Matter.WHERE not in _matters("La cuadrilla reparó la bomba el lunes.")
    assert Matter.WHERE in _matters("La cuadrilla no va a reparar la bomba este año.")


def test_jargon_is_named_as_it_was_written_with_what_to_write_instead() -> None:
    text = "EN VIRTUD  DE la lluvia, la cuadrilla va el lunes. Lo haremos A la Brevedad. Llame al 951 501 5000."
    said = [advice for advice in PLAIN.advise(text) if advice.matter == Matter.JARGON]
    assert said == [
        Advice(Matter.JARGON, "EN VIRTUD  DE", instead="porque"),
        Advice(Matter.JARGON, "A la Brevedad", do="diga el día o el plazo"),
    ]


def test_of_two_that_fit_the_longer_one_is_named_and_each_once() -> None:
    text = "Se hará a la mayor brevedad posible, y otra vez a la brevedad. El martes revisamos la red; llame al 911."
    assert [a.passage for a in PLAIN.advise(text)] == ["a la mayor brevedad posible"]


def test_a_word_inside_another_is_no_jargon() -> None:
    assert Matter.JARGON not in _matters("La redicha solicitudes y el teléfono no obstaculizan.")


def test_a_long_sentence_is_named_with_its_count() -> None:
    long = "La cuadrilla va el lunes " + "y revisa la bomba " * 6
    [advice] = [one for one in PLAIN.advise(f"Buenas tardes. {long}. Gracias.") if one.matter == Matter.LONG]
    assert advice.words == 29
    assert advice.passage.startswith("La cuadrilla va el lunes y revisa")


@pytest.mark.parametrize(("count", "is_long"), [(25, False), (26, True)])
def test_twenty_five_words_are_enough(count: int, is_long: bool) -> None:
    assert (Matter.LONG in _matters(" ".join(["agua"] * count) + ".")) is is_long


def test_short_forms_and_numbers_end_no_sentence() -> None:
    text = "El Ing. Pérez va a la C. Hidalgo No. 5 a las 10:30 con $1,200.50 de material. Llame al tel. 951."
    assert split_sentences(text) == [text[: text.index(" Llame")], "Llame al tel. 951."]
    assert count_words("Va a las 17:30 — lleva $1,200.50 y un C-12.") == 9


def test_nothing_is_said_of_nothing() -> None:
    assert PLAIN.advise("  \n ") == ()


def test_a_folder_without_the_list_advises_on_length_alone(tmp_path: Path) -> None:
    alone = load_plain_language(tmp_path / "plain_language.yaml")
    assert [one.matter for one in alone.advise("agua " * 26)] == [Matter.LONG]


def test_every_entry_says_one_thing_and_there_are_enough() -> None:
    assert len(PLAIN.jargon) >= 40
    assert all(bool(entry.instead) != bool(entry.do) for entry in PLAIN.jargon)
    assert set(PLAIN.says) == {"what", "who", "when", "where"}


def test_an_entry_that_says_neither_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain_language.yaml"
    path.write_text("sentence_words: 25\njargon: [{words: [a]}]\nsays: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="one of `instead` and `do`"):
        load_plain_language(path)


@given(st.text(max_size=400))
def test_any_text_is_taken(text: str) -> None:
    for advice in PLAIN.advise(text):
        assert advice.passage or advice.matter in (Matter.WHAT, Matter.WHO, Matter.WHEN, Matter.WHERE)
    assert len(flatten(text)) == len(text)


@given(st.lists(st.sampled_from([*GOOD, *(text for text, _ in BAD), "İ", "ﬁ", "\u0301", "\n", "lic."])))
def test_any_mixture_is_taken_and_jargon_is_quoted_from_it(texts: list[str]) -> None:
    text = " ".join(texts)
    for advice in PLAIN.advise(text):
        if advice.matter == Matter.JARGON:
            assert flatten(advice.passage) in flatten(text)
