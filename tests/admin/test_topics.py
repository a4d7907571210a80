"""«Temas»: changed in the browser, tried first, retired, added; counts and alerts follow."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import func, select, update

from intake.accounts.staff import Member
from intake.alerts.watching import watch
from intake.clock import utc_now
from intake.office import Office
from intake.tables.alerts import Alert, MatterTopic, TopicCount
from intake.tables.petitions import Petition
from tests.admin.alarming import TOWN, alarm
from tests.admin.conftest import Case
from tests.staff import Browser

Field = str | int | Sequence[str]
REASON = "Lo pidió la coordinación"


def _form(office: Office, key: str, **other: Field) -> dict[str, Field]:
    topic = office.jurisdiction.topics.table[key]
    own = {"nombre": topic.name, "palabras": topic.words, "dependencias": sorted(topic.agencies), "abierto": "true"}
    return {**own, "motivo": REASON, "vigente": 0, **other}


def _named(office: Office) -> list[str]:
    with office.sessions() as session:
        return list(session.scalars(select(MatterTopic.topic).order_by(MatterTopic.matter_id)))


def _counted(office: Office) -> dict[str, int]:
    with office.sessions() as session:
        rows = session.execute(select(TopicCount.topic, func.sum(TopicCount.persons)).group_by(TopicCount.topic))
        return {topic: int(persons) for topic, persons in rows}


def _looks(office: Office) -> None:
    with office.sessions.begin() as session:
        session.execute(update(Petition).values(municipality=TOWN))
    watch(office, utc_now())


def test_a_topics_other_name_is_read_everywhere_and_can_be_gone_back_from(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator, was = browser("administra"), office.jurisdiction.topics.name_of("agua")
    alarm(office, members["oficial"])
    administrator.sends("/temas/agua", **_form(office, "agua", nombre="Agua de la red", confirmado="true"))
    assert office.jurisdiction.topics.name_of("agua") == "Agua de la red"
    officer = browser("oficial")
    for path in ("/alertas", "/temas", f"/peticiones/{case.folio}"):
        assert "Agua de la red" in officer.opens(path)
    assert officer.client.get("/temas/agua").status_code == 403
    administrator.sends("/temas/agua/volver/0", motivo=REASON, vigente=1)
    assert office.jurisdiction.topics.name_of("agua") == was
    assert "Vuelve a lo de la instalación." in administrator.opens("/temas/agua")


def test_what_is_wrong_is_named_with_what_to_do(office: Office, browser: Callable[[str], Browser]) -> None:
    administrator = browser("administra")
    for other, said in (
        ({"nombre": " "}, "Escriba el nombre del tema."),
        ({"nombre": "basura y LIMPIA"}, "Ya hay un tema «basura y LIMPIA»"),
        ({"dependencias": ["NADIE"]}, "No hay dependencia con la clave NADIE"),
        ({"dependencias": [], "palabras": " , "}, "Escriba al menos una palabra"),
        ({"palabras": "", "solo": "true"}, "Pidió que hagan falta palabras"),
        ({"palabras": "agua, ¿?"}, "«¿?» no tiene letras"),
        ({"nombre": "Agua", "motivo": "x"}, "Escriba el motivo"),
    ):
        assert said in administrator.sends("/temas/agua", 422, **_form(office, "agua", **other))
    assert "No cambió nada" in administrator.sends("/temas/agua", 422, **_form(office, "agua"))
    assert "no lleva palabras" in administrator.sends("/temas/otros", 422, nombre="Lo demás", motivo=REASON, vigente=0)
    assert office.jurisdiction.topics.find("agua") == office.jurisdiction.topics.topics[0]
    administrator.sends("/temas/nadie", 404, **_form(office, "agua"))
    administrator.sends("/temas/otros", nombre="Lo demás", abierto="true", motivo=REASON, vigente=0)
    assert office.jurisdiction.topics.other.name == "Lo demás"


def test_a_trial_says_what_would_move_and_changes_nothing(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    administrator = browser("administra")
    _looks(office)
    before = _named(office)
    fields = _form(office, "agua", palabras="", probar="true")
    page = administrator.sends("/temas/agua", 200, **fields)
    assert "asuntos tomaría" in page
    assert case.folio in page
    assert "Agua potable → " in page
    assert _named(office) == before
    assert office.jurisdiction.topics.find("agua") == office.jurisdiction.topics.topics[0]


def test_a_new_topic_takes_older_petitions_too_and_a_retired_one_gives_them_back(
    office: Office, browser: Callable[[str], Browser], members: dict[str, Member], case: Case
) -> None:
    administrator = browser("administra")
    _looks(office)
    assert set(_named(office)) == {"agua"}
    fields = {"nombre": "Fugas y tandeos", "palabras": "no hay agua, no sale agua, colonia", "abierto": "true"}
    administrator.sends("/temas/nuevo", **fields, motivo=REASON, vigente=0)
    key = "fugas_y_tandeos"
    assert office.jurisdiction.topics.find(key)
    watch(office, utc_now())
    assert set(_named(office)) == {key}
    assert set(_counted(office)) == {key}
    _open_card(office, key)
    administrator.sends(f"/temas/{key}", **{**fields, "abierto": ""}, motivo=REASON, vigente=1)
    watch(office, utc_now())
    assert set(_named(office)) == {"agua"}
    page = browser("oficial").opens("/alertas")
    assert "Fugas y tandeos" in page
    assert "Tema retirado" in page
    assert "Retirado" in administrator.opens("/temas")
    assert f'value="{key}"' not in browser("oficial").opens(f"/peticiones/{case.folio}")
    assert "Como en la instalación" not in administrator.opens(f"/temas/{key}")


def test_a_topics_name_makes_its_key_and_never_that_of_the_page_for_new_ones(
    office: Office, browser: Callable[[str], Browser]
) -> None:
    administrator = browser("administra")
    for name, key in (("Nuevo", "nuevo_2"), ("Daños por viento", "danos_por_viento")):
        fields = {"nombre": name, "palabras": f"palabra de {key}", "abierto": "true", "motivo": REASON, "vigente": 0}
        administrator.sends("/temas/nuevo", **fields)
        assert f"<h1>{name}" in administrator.opens(f"/temas/{key}")
    assert "<h1>Tema nuevo" in administrator.opens("/temas/nuevo")


def test_what_a_person_corrected_stays_and_nothing_is_named_again_without_need(
    office: Office, browser: Callable[[str], Browser], case: Case
) -> None:
    _looks(office)
    browser("oficial").sends(f"/peticiones/{case.folio}/tema", asunto=_matter(office), tema="luz", desde="peticion")
    browser("administra").sends("/temas/agua", **_form(office, "agua", palabras="nada de esto"))
    watch(office, utc_now())
    assert "luz" in _named(office)
    with office.sessions() as session:
        named = session.execute(select(MatterTopic.matter_id, MatterTopic.named_at)).all()
    watch(office, utc_now() + timedelta(hours=1))
    with office.sessions() as session:
        assert session.execute(select(MatterTopic.matter_id, MatterTopic.named_at)).all() == named


def _matter(office: Office) -> int:
    with office.sessions() as session:
        return session.scalars(select(MatterTopic.matter_id)).first() or 0


def _open_card(office: Office, topic: str) -> None:
    day = utc_now().date()
    card = {"kind": "topic", "topic": topic, "level": "municipality", "territory": TOWN, "began_on": day}
    card |= {"seen_on": day, "window_days": 2, "observed": 4, "strength": 2, "state": "open", "open_mark": 1}
    with office.sessions.begin() as session:
        session.add(Alert(**card))
