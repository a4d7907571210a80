"""Thematic alerts: topics by rule, persons counted once, outbreaks that are found, cards that stay single."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import func, select

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.alerts.cards import Eyes, Verdict, correct_topic, decide_alert, list_cards, reopen
from intake.alerts.conflicts import Said, judge
from intake.alerts.counting import Heard, catch_up, count_persons
from intake.alerts.scanning import Allowed, Signal, scan, tail
from intake.alerts.streams import Company, Stream, expose, learn, state_of
from intake.alerts.terms import load_alert_terms
from intake.alerts.topics import load_topics, topic_of
from intake.alerts.watching import unexplained, watch
from intake.clock import at
from intake.database import insert_all
from intake.errors import FormRefused, MoveRefused, NotAllowed
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.alerts import Alert, MatterTopic, TopicCount
from intake.tables.audit import AuditWaiting
from intake.tables.petitions import Petition
from tests.models import JURISDICTION
from tests.talk import Talk

TOPICS, TERMS = load_topics(JURISDICTION), load_alert_terms(JURISDICTION)
XOXO, NOW = "20385", datetime(2027, 3, 10, 18, tzinfo=UTC)
TODAY = date(2027, 3, 10)
EYES = Eyes(TOPICS, TERMS, with_examples=True, hidden_under=0)


@pytest.mark.parametrize(
    ("text", "agency", "topic"),
    [
        ("no hay agua en la colonia desde hace ocho días", "SOAPA", "agua"),
        ("se rompió la coladera y salen AGUAS NEGRAS a la calle", "MUNICIPIO", "drenaje"),
        ("no ai medisinas en el sentro de salud", None, "salud"),
        ("el grupo de primero no tiene maestro", "IEEPO", "maestros"),
        ("se cayó el techo de la escuela", "IOCIED", "escuela"),
        ("los del pueblo vecino movieron la mojonera", "SEGO", "limites"),
        ("no sirve el alumbrado público", "MUNICIPIO", "alumbrado"),
        ("quiero una audiencia con el gobernador", "JGAB", "otros"),
        ("buenas tardes", "SEGO", "otros"),
    ],
)
def test_a_matters_topic_comes_of_its_words_and_its_agency(text: str, agency: str | None, topic: str) -> None:
    assert topic_of(TOPICS, text, agency) == topic


def test_every_agency_of_the_table_exists_and_there_are_about_thirty_topics(office: Office) -> None:
    keys = {key for topic in TOPICS.topics for key in topic.agencies}
    assert keys <= set(office.jurisdiction.agencies)
    assert 28 <= len(TOPICS.topics) <= 35
    assert all(len(topic.key) <= 24 for topic in TOPICS.topics)
    assert not TOPICS.is_confirmed


def test_a_person_counts_once_a_week_in_a_series() -> None:
    day = date(2027, 3, 1)
    heard = [Heard(day + timedelta(days=n), XOXO, "agua", 1) for n in (0, 1, 6, 8)]
    heard += [Heard(day, XOXO, "luz", 1), Heard(day, XOXO, "agua", 2)]
    counts = count_persons(heard, day)
    assert counts == {(day, XOXO, "agua"): 2, (day, XOXO, "luz"): 1, (day + timedelta(days=8), XOXO, "agua"): 1}


def test_a_tail_is_the_negative_binomials_and_a_companys() -> None:
    alone = Company(0.0, 0.0)
    means, sizes = np.array([2.0]), np.array([1e9])  # so sure that it is Poisson
    assert tail(np.array([3]), means, sizes, alone)[0] == pytest.approx(0.323324, abs=1e-5)
    assert tail(np.array([0]), means, sizes, alone)[0] == 1.0
    rare = np.array([0.01])
    assert tail(np.array([4]), rare, np.array([1e9]), Company(0.1, 0.5))[0] == pytest.approx(
        0.01 * 0.1 * 0.25, rel=0.01
    )


def _stream(days: int = 160, *, places: int = 40, topics: int = 6, seed: int = 3) -> Stream:
    rng = np.random.default_rng(seed)
    kinds = np.arange(days) % 7
    shape = np.array([1.3, 1.2, 1.1, 1.0, 0.9, 0.3, 0.2])[kinds]
    counts = rng.poisson(0.05 * shape, (places, topics, days)).astype(np.int16)
    return Stream(counts, kinds, np.full(places, 5000.0), np.arange(places) % 4)


def test_an_ordinary_day_brings_no_signal_and_eight_persons_do() -> None:
    stream = _stream()
    ordinary = learn(stream)
    assert ordinary
    assert scan(stream, ordinary, Allowed(0.5)) == ()
    stream.counts[7, 2, -1] += 8
    (signal,) = scan(stream, ordinary, Allowed(0.5))
    assert (signal.territory, signal.topic, signal.observed >= 8) == (7, 2, True)
    assert signal.expected < 1
    assert signal.every_days > 365


def test_a_campaign_in_the_whole_state_is_no_outbreak() -> None:
    stream = _stream()
    stream.counts[:, :, -1] += np.random.default_rng(1).poisson(0.15, stream.counts.shape[:2]).astype(np.int16)
    ordinary = learn(stream)
    assert ordinary
    assert expose(stream)[-1] > 2 * expose(stream)[-8]
    assert scan(stream, ordinary, Allowed(0.5)) == ()


def test_a_topic_that_rises_everywhere_is_the_states_alert_and_an_ordinary_day_is_none() -> None:
    stream = _stream()
    ordinary = learn(stream)
    assert ordinary
    whole = state_of(stream)
    of_state = learn(whole, ordinary.company)
    assert of_state
    assert scan(whole, of_state, Allowed(0.05)) == ()
    stream.counts[:, 3, -7:] += np.random.default_rng(2).poisson(0.12, (*stream.counts.shape[:1], 7)).astype(np.int16)
    whole = state_of(stream)
    risen = learn(whole, ordinary.company)
    assert risen
    (signal,) = scan(whole, risen, Allowed(0.05))
    assert (signal.territory, signal.topic, signal.observed > 2 * signal.expected) == (0, 3, True)
    assert unexplained([signal], [signal], [0]) == []


def test_too_short_a_history_is_not_judged() -> None:
    assert learn(_stream(50)) is None


def test_a_region_is_silent_where_one_municipality_explains_it() -> None:
    town = Signal(5, 1, 2, 10, 0.5, 1e-9, 900)
    explained, other = Signal(1, 1, 2, 14, 4.0, 1e-6, 90), Signal(1, 2, 2, 30, 4.0, 1e-6, 90)
    assert unexplained([explained, other], [town], [0, 0, 0, 0, 0, 1]) == [other]


def test_words_of_a_conflict_count_persons_not_messages() -> None:
    said = [
        Said(XOXO, 1, "vamos a cerrar la carretera"),
        Said(XOXO, 1, "habrá bloqueo"),
        Said("20067", 2, "un bloqueo"),
    ]
    assert judge(TERMS, said) == []
    (found,) = judge(TERMS, [*said, Said(XOXO, 3, "ya van a bloquear el crucero")])
    assert (found.topic, found.territory, found.observed) == ("cierres", XOXO, 2)


@pytest.fixture
def officer(office: Office) -> Member:
    with office.sessions.begin() as session:
        row = add_account(
            session, office.jurisdiction, NewAccount("oficial", "Oficial", Role.OFFICER, "frase muy larga")
        )
        return Member(row.id, row.username, row.name, Role.OFFICER, None, "")


def _history(office: Office) -> None:
    """What an office has counted in five quiet months: six persons a day, each time of other places."""
    claves = [place.clave for place in office.reader.list_municipalities()]
    rows = [
        {
            "day": TODAY - timedelta(days=back),
            "municipality": claves[(6 * back + one) % 570],
            "topic": "agua",
            "persons": 1,
        }
        for back in range(1, 150)
        for one in range(6)
    ]
    with office.sessions.begin() as session:
        insert_all(session, TopicCount, rows)


def _eight_write(office: Office) -> list[str]:
    folios = []
    for number in range(8):
        talk = Talk(office, f"c-{number}")
        with at(NOW - timedelta(hours=2 + number)):
            talk.says("no hay agua en la calle Pinos de Santa Cruz Xoxocotlán desde hace ocho días")
        folios.append(talk.petitions()[-1].folio)
    return folios


@pytest.fixture
def alarmed(office: Office) -> list[str]:
    _history(office)
    return _eight_write(office)


def test_a_look_opens_one_card_however_often_it_looks(office: Office, alarmed: list[str]) -> None:
    assert watch(office, NOW) == 1
    assert watch(office, NOW) == 0
    assert watch(office, NOW + timedelta(hours=3)) == 0
    with office.sessions() as session:
        (card,) = list_cards(session, office, EYES, is_open=True)
        assert session.scalar(select(func.count()).select_from(Alert)) == 1
    assert (card.what, card.territory, card.observed, card.kind) == (
        "Agua potable",
        "Santa Cruz Xoxocotlán",
        8,
        "topic",
    )
    assert {example.folio for example in card.examples} <= set(alarmed)
    assert len(card.examples) == 4


def test_who_sees_figures_only_sees_no_small_count_and_no_words(office: Office, alarmed: list[str]) -> None:
    watch(office, NOW)
    with office.sessions() as session:
        (card,) = list_cards(session, office, Eyes(TOPICS, TERMS, with_examples=False, hidden_under=9), is_open=True)
    assert (card.observed, card.expected, card.examples) == (None, None, ())


@pytest.mark.parametrize("mark", ["is_sensitive", "is_blocked"])
def test_reserved_and_blocked_petitions_are_neither_counted_nor_shown(
    office: Office, alarmed: list[str], mark: str
) -> None:
    with office.sessions.begin() as session:
        for row in session.scalars(select(Petition)):
            setattr(row, mark, True)
    assert watch(office, NOW) == 0


def test_a_person_decides_with_a_reason_and_the_series_is_quiet_for_a_while(
    office: Office, officer: Member, alarmed: list[str]
) -> None:
    watch(office, NOW)
    with office.sessions() as session:
        number = session.scalars(select(Alert.id)).one()
    with pytest.raises(FormRefused):
        decide_alert(office, officer, number, Verdict.NO_MERIT, "no")
    auditor = Member(officer.id, "a", "A", Role.AUDITOR, None, "")
    with pytest.raises(NotAllowed):
        decide_alert(office, auditor, number, Verdict.NO_MERIT, "Se reparó la fuga ayer.")
    decide_alert(office, officer, number, Verdict.NO_MERIT, "Se reparó la fuga ayer.")
    with pytest.raises(MoveRefused):
        decide_alert(office, officer, number, Verdict.ATTENTION, "Se reparó la fuga ayer.")
    assert watch(office, NOW) == 0
    with office.sessions() as session:
        assert list_cards(session, office, EYES, is_open=True) == []
        (card,) = list_cards(session, office, EYES, is_open=False)
        acts = session.scalars(select(AuditWaiting.act).where(AuditWaiting.act == "alert_decided")).all()
    assert (card.decided_by, card.reason, len(acts)) == ("Oficial", "Se reparó la fuga ayer.", 1)
    reopen(office, officer, number)
    with office.sessions() as session:
        assert len(list_cards(session, office, EYES, is_open=True)) == 1


def test_a_corrected_topic_is_counted_anew_and_kept(office: Office, officer: Member, alarmed: list[str]) -> None:
    watch(office, NOW)
    with office.sessions() as session:
        matter = list_matters(get_petition(session, alarmed[0]))[0].id
    correct_topic(office, TOPICS, officer, alarmed[0], matter, "drenaje")
    catch_up(office, TOPICS, TODAY, anew=True)
    with office.sessions() as session:
        assert session.get_one(MatterTopic, matter).topic == "drenaje"
        wanted = select(TopicCount.topic, TopicCount.persons).where(TopicCount.day == TODAY)
        assert {row[0]: row[1] for row in session.execute(wanted)} == {"agua": 7, "drenaje": 1}
