"""Which municipality a text or a position names, with the real tables of Oaxaca."""

import pytest

from nlp.places import Gazetteer, load_gazetteer
from tests.models import JURISDICTION


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return load_gazetteer(JURISDICTION / "places")


@pytest.mark.parametrize(
    ("text", "clave"),
    [
        ("Heroica Ciudad de Tlaxiaco", "20397"),
        ("Oaxaca de Juárez", "20067"),
        ("estoy en oaxaca capital", "20067"),
        ("Tamazulápam del Espíritu Santo", "20031"),
        ("Teotitlán del Valle", "20546"),
        ("Teotitlán de Flores Magón", "20545"),
        ("Miahuatlán de Porfirio Díaz", "20059"),
        ("en Villa de Etla se cayó la barda", "20338"),
        ("San Agustín Etla", "20084"),
        ("huautla de jimenez", "20041"),
        ("san agustin de las juntas", "20083"),
        ("soy de San Antonio de la Cal", "20107"),
        ("no hay agua en Juchitán", "20043"),
        ("somos de Tuxtepec y no pasa la basura", "20184"),
        ("soy de Tlaxiaco", "20397"),
        ("aquí en Pochutla", "20324"),
        ("Huatulco", "20413"),
        ("Juxtlahuaca", "20469"),
        ("Ejutla", "20028"),
        ("Ocotlán", "20068"),
        ("Zaachila", "20565"),
        ("Mitla", "20298"),
        ("Ixtlán", "20042"),
        ("Matías Romero", "20057"),
        ("Pinotepa", "20482"),
        ("Nochixtlán", "20006"),
        ("Ayutla mixe", "20337"),
        ("Jalapa de Díaz", "20134"),
        ("Valle Nacional", "20559"),
        ("Putla", "20073"),
        ("juchi", "20043"),
        ("Xoxo", "20385"),
        ("en xoxocotlan hay un bache", "20385"),
        ("vivo en tehuantepeque", "20515"),
        ("guatulco", "20413"),
        ("wuatulco", "20413"),
        ("soy de wajuapan", "20039"),
        ("guajuapan", "20039"),
        ("Huajuapam", "20039"),
        ("miaguatlan", "20059"),
        ("sachila", "20565"),
        ("cuilapan de guerrero", "20023"),
        ("Juchitan de Saragosa", "20043"),
        ("tlasiaco", "20397"),
        ("tlaxiako", "20397"),
        ("salinacruz", "20079"),
        ("azompa", "20399"),
        ("Sta. Cruz Xoxocotlán", "20385"),
        ("en sta lucia del camino no hay luz", "20390"),
        ("Sto. Domingo Tehuantepec", "20515"),
        ("Sto Domingo Zanatepec", "20525"),
        ("La Crucecita", "20413"),
        ("Mazunte", "20439"),
        ("zipolite", "20324"),
        ("Chacahua", "20334"),
        ("María Lombardo", "20190"),
        ("san felipe del agua", "20067"),
        ("Trinidad de Viguera", "20067"),
        ("Puerto Escondido, Colotepec", "20401"),
        ("San Mateo Peñasco, Tlaxiaco", "20252"),
        ("san juan mixtepec distrito miahuatlan", "20209"),
        ("en loma bonita no hay doctor", "20044"),
        ("vamos de Oaxaca a Tlaxiaco", "20397"),
    ],
)
def test_a_name_decides(gazetteer: Gazetteer, text: str, clave: str) -> None:
    reading = gazetteer.read_place(text)
    assert reading is not None
    assert reading.chosen is not None
    assert (reading.chosen.clave, [m.clave for m in reading.candidates]) == (clave, [clave])


@pytest.mark.parametrize(
    ("text", "claves"),
    [
        ("Oaxaca", ["20067"]),
        ("vivo en Oaxaca", ["20067"]),
        ("Puerto Escondido", ["20318", "20401"]),
        ("hay un derrumbe en puerto escondido", ["20318", "20401"]),
        ("San Juan Mixtepec", ["20208", "20209"]),
        ("San Pedro Mixtepec", ["20318", "20319"]),
        ("Teotitlán", ["20545", "20546"]),
        ("Huautla", ["20041", "20270"]),
        ("Tamazulapan", ["20540", "20031"]),
        ("Donají", ["20067", "20057"]),
    ],
)
def test_a_name_of_several_places_is_asked_back(gazetteer: Gazetteer, text: str, claves: list[str]) -> None:
    reading = gazetteer.read_place(text)
    assert reading is not None
    assert reading.chosen is None
    assert [m.clave for m in reading.candidates][:2] == claves


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hay baches en mi calle",
        "se fue la luz",
        "la calle Juárez está oscura",
        "en la esquina de Reforma y Morelos",
        "avenida Independencia",
        "en la colonia Reforma",
        "escuela primaria Miguel Hidalgo",
        "la beca Benito Juárez no llega",
        "el licenciado Santiago no me atendió",
        "mi hijo se llama Santiago",
        "en el estado de oaxaca no hay justicia",
        "al gobierno de oaxaca le pedimos",
    ],
)
def test_streets_persons_and_ordinary_words_are_no_places(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.read_place(text) is None


@pytest.mark.parametrize(
    ("text", "clave"),
    [
        ("Tuxtep", "20184"),
        ("El Espinal", "20030"),
        ("temascal", "20278"),
        ("La Reforma, Putla", "20076"),
        ("pues soy de Ixtepec, gracias", "20014"),
        ("del municipio de tlacolula por favor", "20551"),
    ],
)
def test_an_answer_needs_less(gazetteer: Gazetteer, text: str, clave: str) -> None:
    reading = gazetteer.read_place(text, is_answer=True)
    assert reading is not None
    assert reading.chosen is not None
    assert reading.chosen.clave == clave


def test_what_an_answer_resembles_only_from_afar_is_no_place(gazetteer: Gazetteer) -> None:
    assert gazetteer.read_place("no tengo agua", is_answer=True) is None


def test_at_most_five_candidates_are_offered(gazetteer: Gazetteer) -> None:
    reading = gazetteer.read_place("Etla")
    assert reading is not None
    assert reading.chosen is None
    assert len(reading.candidates) == 5
    assert {m.distrito for m in reading.candidates} == {"Etla"}


@pytest.mark.parametrize(
    ("latitude", "longitude", "clave", "distance_km"),
    [
        (17.06, -96.72, "20067", 0.6),
        (16.43, -95.02, "20043", 0.4),
        (18.09, -96.12, "20184", 1.0),
        (16.18, -95.2, "20079", 1.0),
    ],
)
def test_a_pin_gives_the_nearest_seat(
    gazetteer: Gazetteer, latitude: float, longitude: float, clave: str, distance_km: float
) -> None:
    nearest = gazetteer.nearest(latitude, longitude)
    assert nearest is not None
    assert (nearest.municipality.clave, nearest.distance_km) == (clave, distance_km)


def test_a_pin_far_from_every_seat_gives_none(gazetteer: Gazetteer) -> None:
    assert gazetteer.nearest(19.43, -99.13) is None  # Mexico City


def test_the_table_holds_all_municipalities_once(gazetteer: Gazetteer) -> None:
    claves = [m.clave for m in gazetteer.list_all()]
    assert (len(claves), len(set(claves))) == (570, 570)
    found = gazetteer.find("20067")
    assert found is not None
    assert (found.nombre, found.region, found.distrito) == ("Oaxaca de Juárez", "Valles Centrales", "Centro")
    assert gazetteer.find("20999") is None
