"""Danger told by phrases: the parts of the file, domain §2.6's examples, spellings of chat, floors over the corpus."""

import re
from pathlib import Path

import pytest

from nlp.corpus import Example, read_corpus
from nlp.emergencies import EmergencyPhrases, load_emergencies
from nlp.reading import Emergency, EmergencyKind
from tests.models import JURISDICTION

# Fourteen voices wrote `emergencies.jsonl`. Phrases were developed on eight of them: e1-dani, e1-carmela, e1-jacinto,
# e1-agente, e1-lucha, e1-wilber, e1-maribel, e1-zenaida. These six were held out until the first measurement.
LATER_HANDS = re.compile(r"[a-z][678]-")  # authors who wrote after the phrases
HELD_OUT = {"e1-rafa", "e1-hugo", "e1-nerea", "e1-kari", "e1-cuca", "e1-tono"}
PHRASES = load_emergencies(JURISDICTION / "emergencies.yaml")
EXAMPLES = read_corpus(JURISDICTION / "corpus")


def kind_of(text: str) -> str | None:
    found = PHRASES.find(text)
    return found.kind.value if found else None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # domain §2.6's test phrases
        ("mi marido me quiere matar", "violencia"),
        ("ya no quiero vivir", "suicidio"),
        ("se está quemando la casa", "incendio"),
        ("no aparece mi niña", "desaparicion"),
        ("hay balazos", "delito_en_curso"),
        ("se derrumbó el cerro", "desastre"),
        ("está convulsionando", "accidente_medico"),
        ("me tienen encerrada", "violencia"),
        ("huele mucho a gas", "incendio"),
        # other spellings of the same
        ("MI MARIDO ME KIERE MATAR", "violencia"),
        ("ya no kiero bibir", "suicidio"),
        ("se esta kemando la casa", "incendio"),
        ("no aparese mi nina", "desaparicion"),
        ("ay balasos afuera", "delito_en_curso"),
        ("uele mucho a gaz", "incendio"),
        ("ta combulsionando mi ijo", "accidente_medico"),
        # the obvious word is never said
        ("no puedo hablar, él está en la cocina", "violencia"),
        ("estoy escondida en el baño con mis hijos", "violencia"),
        ("mi ex está afuera pateando la puerta", "violencia"),
        ("una turba tiene amarrado a un señor y lo van a quemar", "violencia"),
        ("ya tomé todas las pastillas", "suicidio"),
        ("mi hermano dejó una carta y se llevó una cuerda", "suicidio"),
        ("estarían mejor sin mí", "suicidio"),
        ("está parado en la orilla de la azotea", "suicidio"),
        ("se llevaron a mi hermana en una camioneta", "desaparicion"),
        ("mi papá con demencia salió y no ha vuelto", "desaparicion"),
        ("mi hija fue a la escuela y nunca llegó", "desaparicion"),
        ("la lumbre viene bajando a las casas", "incendio"),
        ("no puedo cerrar la llave del tanque", "incendio"),
        ("tronó el boiler y hay humo", "incendio"),
        ("mi papá ya no responde", "accidente_medico"),
        ("mi bebé está morado", "accidente_medico"),
        ("le picó un alacrán a mi hijo", "accidente_medico"),
        ("rompió fuente y no hay doctor", "accidente_medico"),
        ("se volteó una urvan con gente", "accidente_medico"),
        ("el cerro se está abriendo", "desastre"),
        ("el agua nos llega a la cintura", "desastre"),
        ("cayó un cable en el charco y brinca chispas", "desastre"),
        ("la presa se va a romper", "desastre"),
        ("alguien anda en mi azotea, estoy sola", "delito_en_curso"),
        ("si no pago me queman el local", "delito_en_curso"),
        ("están bajando a la gente del camión con armas", "delito_en_curso"),
        ("mi padrastro entra a mi cuarto en las noches", "menor_en_riesgo"),
        ("dejaron a los niños solos desde ayer", "menor_en_riesgo"),
        ("quieren casar a mi prima de 13 años", "menor_en_riesgo"),
        ("encontramos un bebé recién nacido en una caja", "menor_en_riesgo"),
        # second languages
        ("lumbre viene de monte, ya cerca de casa", "incendio"),
        ("my sister dice que el husband la tiene encerrada", "violencia"),
        # domain §2.6's negatives
        ("me muero de la risa", None),
        ("estoy matado de cansancio", None),
        ("la carretera está que arde", None),
        ("nos están matando con los impuestos", None),
        ("me mata la espera", None),
        # figures, things, animals, what is over, prevention
        ("casi me infarto con la multa", None),
        ("me muero de pena de molestarlos", None),
        ("ese cobro es un asalto", None),
        ("se quemó el transformador ayer", None),
        ("hay un perro muerto en la calle", None),
        ("me robaron el celular la semana pasada", None),
        ("hace dos años mataron a mi hermano y la carpeta no avanza", None),
        ("pedimos un taller de prevención del suicidio", None),
        ("quiero saber del simulacro de sismo", None),
        ("huele a drenaje toda la calle", None),
        ("no aparece mi hija en la lista de la beca", None),
        ("la doctora no llega los lunes", None),
        ("no hay agua en mi colonia", None),
        ("", None),
    ],
)
def test_danger_is_told_from_figures_of_speech_in_any_spelling(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


SMALL = EmergencyPhrases(
    {
        "groups": {"CASA": "casa|jacal", "COSA": "CASA|puente"},
        "figures": ["se quema la basura"],
        "old": ["hace .. anos"],
        "recent": ["ayer"],
        "now": ["ahorita"],
        "kinds": {
            "violencia": {"always": ["me pega"]},
            "incendio": {"unless_old": ["se quema la COSA"], "unless_recent": ["humo"]},
            "desastre": {"unless_old": ["se quema", "se cae"]},
        },
    }
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("se quema la casa", "incendio"),
        ("se quema la jacal", "incendio"),
        ("se quema la basura", None),
        ("hace tres años se cae", None),
        ("hace tres años se cae, ahorita otra vez", "desastre"),
        ("ayer se cae", "desastre"),
        ("ayer hubo humo", None),
        ("ayer hubo humo y ahorita también", "incendio"),
        ("hace tres años me pega", "violencia"),
        ("me pega y se cae", "violencia"),
        ("me pega, se quema y se cae", "desastre"),
    ],
)
def test_the_parts_of_the_file_mean_what_they_say(text: str, kind: str | None) -> None:
    found = SMALL.find(text)
    assert found == (Emergency(EmergencyKind(kind), 0.9) if kind else None)


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "emergencies.yaml"
    path.write_text("{groups: {}, figures: [], old: [], recent: [], now: [], kinds: {otra: {always: [hola]}}}")
    with pytest.raises(ValueError, match="otra"):
        load_emergencies(path)


def recall(examples: list[Example]) -> tuple[float, float]:
    """Shares of the examples in danger that are found, and of the found ones that get their kind."""
    found = [(PHRASES.find(e.text), e.emergency) for e in examples if e.emergency]
    hits = [(reading, kind) for reading, kind in found if reading]
    return len(hits) / len(found), sum(reading.kind == kind for reading, kind in hits) / len(hits)


def false_alarms(examples: list[Example]) -> float:
    calm = [e for e in examples if not e.emergency]
    return sum(PHRASES.find(e.text) is not None for e in calm) / len(calm)


def test_danger_is_found_in_voices_that_were_held_out() -> None:
    held_out = [e for e in EXAMPLES if e.author in HELD_OUT]
    any_kind, right_kind = recall(held_out)
    assert any_kind >= 0.93
    assert right_kind >= 0.88
    assert false_alarms(held_out) <= 0.05


def test_few_ordinary_petitions_raise_an_alarm() -> None:
    ordinary = [e for e in EXAMPLES if not e.id.startswith(("EMG-", "EM-", "AL-"))]
    assert false_alarms(ordinary) <= 0.02
    assert recall(ordinary)[0] >= 0.9  # three readers found danger in ordinary petitions that their author had not
    known = [e for e in ordinary if not LATER_HANDS.match(e.author)]
    assert false_alarms(known) <= 0.012


def test_of_dangers_told_quietly_phrases_alone_find_some() -> None:
    """By a hand that was asked to leave out every word of alarm; the model has learnt them, phrases have not."""
    quiet = [e for e in EXAMPLES if e.id.startswith("AL-")]
    assert recall(quiet)[0] >= 0.3
    assert false_alarms(quiet) <= 0.12
