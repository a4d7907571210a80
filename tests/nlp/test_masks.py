"""Personal data is found where people write it, and towns, schools and heroes are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.anonymity import drop_rare_words
from nlp.corpus import Example
from nlp.masks import MaskKind, find_masks, mask
from nlp.reading import MessageKind


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("me llamo Ana Pérez López y vivo en Etla", "me llamo [nombre] y vivo en Etla"),
        ("soy lupita hernandez mi cel es 951 123 4567", "soy [nombre] mi cel es [teléfono]"),
        ("llamen al +52 1 951 234 5678 por favor", "llamen al [teléfono] por favor"),
        ("mi curp gomc850312hocrrr09 ya la mandé", "mi curp [CURP] ya la mandé"),
        ("la señora Carmen de la Cruz me cobra", "la señora [nombre] me cobra"),
        ("Escríbanme a rosa.m@ejemplo.mx", "Escríbanme a [correo]"),
        ("mi tarjeta es 4152 3135 1234 5678", "mi tarjeta es [número de cuenta]"),
        ("vivo en calle Pino #45, colonia Reforma", "vivo en calle Pino [número de casa], colonia Reforma"),
        ("SOY MARIA LOPEZ NECESITO AYUDA", "SOY [nombre] NECESITO AYUDA"),
    ],
)
def test_what_is_a_persons_is_hidden(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "En San Juan Bautista Tuxtepec, calle Benito Juárez, no hay agua",
        "Los vecinos de Santiago Yaveo pedimos luz",
        "la primaria Miguel Hidalgo no tiene techo",
        "en el hospital Aurelio Valdivieso no hay camas",
        "Atentamente, Comité de agua potable",
        "debo 12000 pesos desde 2019 y pagué 1500",
        "el rosario de esperanza es rosa, la luz se fue",
        "hace 15 dias son 3 reportes y 200 familias",
    ],
)
def test_what_everybody_may_read_stays(text: str) -> None:
    assert mask(text) == text


def test_dates_and_folios_are_found_but_not_hidden() -> None:
    text = "el 12 de octubre de 2026 me dieron el folio JG-2026-004K7Q-3"
    assert [found.kind for found in find_masks(text)] == [MaskKind.DATE, MaskKind.FOLIO]
    assert mask(text) == text


@given(st.text())
def test_masks_lie_in_the_text_in_order(text: str) -> None:
    found = find_masks(text)
    edges = [edge for one in found for edge in (one.start, one.end)]
    assert edges == sorted(edges)
    assert all(one.start < one.end <= len(text) for one in found)


def test_a_word_of_few_people_is_left_out_before_it_is_learnt() -> None:
    def said(text: str, author: str) -> Example:
        return Example(author, text, MessageKind.PETITION, None, ("SOAPA",), "ciudadanía", author)

    told = [said(f"falta tinaco en la calle {name}", f"c-{name}") for name in ("Nayarí", "Zoraya", "Eliú")]
    learnt = drop_rare_words(told, known=["la calle de mi casa en que falta el agua"])
    assert {example.text for example in learnt} == {"falta tinaco en la calle …"}
