"""Identity papers, written or named in a caption, and who wrote a text."""

import pytest

from nlp.identity_papers import names_identity_paper
from nlp.masks import hide_identity, hide_writer


@pytest.mark.parametrize(
    "caption",
    [
        "mi INE por los dos lados",
        "INE_frente.jpg",
        "curp.pdf",
        "ine",
        "les mando copia de la credencial de elector",
        "aquí está mi curp",
        "les envío mi identificación",
        "es mi credencial de elector por si la ocupan",
    ],
)
def test_a_caption_that_names_a_paper(caption: str) -> None:
    assert names_identity_paper(caption)


@pytest.mark.parametrize(
    "caption",
    [
        "el módulo del INE está cerrado desde ayer",
        "perdí mi INE",
        "el bache frente al INE",
        "vine ayer al registro",
        "combi.jpg",
        "el acta de nacimiento de mi hija salió mal",
    ],
)
def test_a_caption_that_speaks_of_something_else(caption: str) -> None:
    assert not names_identity_paper(caption)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mi curp es xexx010101hnexxxa4 y ya", "mi curp es [CURP] y ya"),
        ("clave PCGRGR80010120M100", "clave [clave de elector]"),
        ("mi INE es 1234567890123", "mi INE es [número de credencial]"),
        ("marquen al 9511234567, soy Rosa Pérez", "marquen al 9511234567, soy Rosa Pérez"),
        ("no hay agua", "no hay agua"),
    ],
)
def test_numbers_of_papers_are_covered_and_nothing_else(text: str, shown: str) -> None:
    assert hide_identity(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "soy Gregorio Luna y el director Juan Pérez pide moche, mi cel 9511234567",
            "soy [nombre] y el director Juan Pérez pide moche, mi cel [teléfono]",
        ),
        ("la pipa no llega. Atte. Rosa Hernández", "la pipa no llega. Atte. [nombre]"),
        ("no llega la pipa\ngregorio luna", "no llega la pipa\n[nombre]"),
        ("vivo junto a San Gregorio y no hay luna", "vivo junto a San Gregorio y no hay luna"),
    ],
)
def test_who_wrote_it_is_covered_and_whom_it_is_about_stays(text: str, shown: str) -> None:
    assert hide_writer(text, "Gregorio Luna") == shown
