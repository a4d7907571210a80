"""The matrix' figures over a month that was lived: each by the program, by literals, and by SQL of its own."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import at
from intake.correspondence.archive_files import Filing, close_file, put_in_series
from intake.errors import MoveRefused, NotFound, SettingsError
from intake.indicators.catalogue import load_matrix
from intake.indicators.measures import MEASURES, Figure
from intake.indicators.period import get_period, month_of, months_between, quarter_of
from intake.indicators.report import as_csv, report
from intake.indicators.snapshots import find_figure, freeze, freeze_due, list_frozen
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.tables.calendar import IndicatorSnapshot
from intake.tables.petitions import Petition
from intake.triage.joining import join
from intake.triage.referrals import Choice, accept, answer, decide, dismiss, give_back, guide
from tests.intake.register_sql import REGISTER_SQL, months
from tests.models import JURISDICTION
from tests.talk import Talk

MARCH, CUT = get_period("2027-03"), date(2027, 4, 8)
WORDS = "no hay agua en la calle Pinos de Santa Cruz Xoxocotlán desde hace ocho días"
GUIDANCE = "Ese trámite se hace en la oficina del Registro Civil, de 9 a 15 horas."


@dataclass
class Life:
    """An office in March 2027, told day by day; letters are petitions."""

    office: Office
    member: Member
    folios: dict[str, str]

    def on(self, day: int, month: int = 3) -> datetime:
        return datetime(2027, month, day, 16, tzinfo=UTC)  # 10:00 in Oaxaca

    def writes(self, letter: str, day: int, words: str = WORDS) -> None:
        talk = Talk(self.office, f"c-{letter}")
        with at(self.on(day)):
            talk.says(words)
        self.folios[letter] = talk.petitions()[-1].folio

    def decides(self, letter: str, day: int, agency: str) -> int:
        folio = self.folios[letter]
        with self.office.sessions() as session:
            petition = get_petition(session, folio)
            matter = list_matters(petition)[0]
        with at(self.on(day)):
            return decide(self.office, self.member, folio, Choice(matter.id, agency, petition.version))

    def acts(self, day: int, act: Callable[[], object], month: int = 3) -> None:
        """And what is to be said is sent."""
        with at(self.on(day, month)):
            act()
            Talk(self.office, "nobody").works()

    def version(self, letter: str) -> int:
        with self.office.sessions() as session:
            return get_petition(session, self.folios[letter]).version


@pytest.fixture
def life(office: Office) -> Life:
    return lived_march(office)


def lived_march(office: Office) -> Life:
    with office.sessions.begin() as session:
        account = NewAccount("oficial", "Oficial", Role.OFFICER, "una frase muy larga")
        row = add_account(session, office.jurisdiction, account)
    told = Life(office, Member(row.id, row.username, row.name, Role.OFFICER, None, ""), {})
    _live(told)
    return told


def _live(life: Life) -> None:
    office, member = life.office, life.member
    for letter, day in {"a": 1, "b": 1, "c": 2, "d": 2, "e": 3, "f": 3, "i": 3, "j": 4, "g": 26}.items():
        life.writes(letter, day)
    life.writes("h", 4, "mi marido me quiere matar, está afuera con un machete")
    a, c, j = life.decides("a", 1, "SOAPA"), life.decides("c", 2, "MUNICIPIO"), life.decides("j", 4, "SEGO")
    b, g = life.decides("b", 8, "SOAPA"), life.decides("g", 26, "CABIEN")
    assert c
    life.acts(2, lambda: accept(office, member, a))
    life.acts(5, lambda: answer(office, member, a, "Una cuadrilla reparó la fuga el viernes por la tarde."))
    life.acts(9, lambda: give_back(office, member, b, "No es de esta dependencia."))
    life.acts(3, lambda: guide(office, member, life.folios["d"], GUIDANCE, life.version("d")))
    life.acts(3, lambda: dismiss(office, member, life.folios["e"], life.version("e")))
    life.acts(5, lambda: join(office, member, life.folios["i"], life.folios["f"], life.version("i")))
    life.acts(5, lambda: accept(office, member, j))
    life.acts(31, lambda: accept(office, member, g))


EXPECTED = {
    ("P.2", "A"): (1, 4),
    **{(one, "A"): (0, 0) for one in ("C1", "C1.A1", "C1.A2", "C1.A3")},  # of registers: tests/admin/test_alerts
    ("C3", "A"): (6, 7),
    ("C3.A1", "A"): (5, 7),
    ("C3.A2", "sentido"): (5, 5),
    ("C3.A2", "literal"): (6, 7),
    ("C3.A3", "A"): (0, 1),
    ("C3.A3", "originales"): (1, 1),
    ("C4", "cohorte"): (2, 6),
    ("C4", "plazo"): (2, 6),
    ("C4", "flujo"): (2, 7),
    ("C4.A1", "A"): (1, 1),
    ("C4.A1", "B"): (5, 5),
    ("C4.A2", "A"): (3, 4),
    ("C4.A2", "B"): (3, 5),
} | dict.fromkeys(
    [("C2", "flujo"), ("C2", "cohorte"), ("C5.A2", "A"), ("C5.A2", "B")]
    + [(id_, "A") for id_ in "C2.A1 C2.A2 C2.A3 C5 C5.A1 C6 C6.A1 C6.A2 C6.A3".split()],
    (0, 0),  # nobody met that March
)


def _figures(office: Office, today: date = CUT) -> Mapping[tuple[str, str], Figure]:
    with office.sessions() as session:
        lines = report(session, office, office.matrix, MARCH, today)
    return {(line.indicator.id, line.reading.key): line.live for line in lines if line.reading and line.live}


def _sizes(figures: Mapping[tuple[str, str], Figure]) -> dict[tuple[str, str], tuple[int, int]]:
    return {key: (len(figure.numerator), len(figure.denominator)) for key, figure in figures.items()}


# A second way to every figure, in SQL alone; `one`, `two`: the first and second business day after a day of the story.
TERMS = """terms(day, one, two) AS (VALUES
    ('2027-03-01', '2027-03-02', '2027-03-03'), ('2027-03-02', '2027-03-03', '2027-03-04'),
    ('2027-03-03', '2027-03-04', '2027-03-05'), ('2027-03-04', '2027-03-05', '2027-03-08'),
    ('2027-03-08', '2027-03-09', '2027-03-10'), ('2027-03-26', '2027-03-29', '2027-03-30'))"""
COUNTED = """counted AS (SELECT * FROM petitions WHERE {opened} BETWEEN '2027-03-01' AND '2027-03-31'
    AND status NOT IN ('NO_PETICION', 'ACUMULADA') AND emergency IS NULL AND data_right IS NULL)"""
DECIDED = """decided AS (SELECT m.petition_id AS id, min({decided}) AS day, min(d.agency) AS agency FROM decisions d
    JOIN matters m ON m.id = d.matter_id WHERE d.undone_at IS NULL GROUP BY m.petition_id
    UNION SELECT petition_id, {happened}, NULL FROM history h WHERE name = 'ORIENTADA')"""
TURNS = """turns AS (SELECT m.petition_id AS id, r.agency, r.kind, r.state, r.issued_at,
    r.accepted_at, r.answered_at FROM referrals r JOIN matters m ON m.id = r.matter_id
    WHERE r.state <> 'undone')"""
TOLD = """told AS (SELECT petition_id AS id, min({happened}) AS day FROM history h
    WHERE name IN ('NOTIFICADA', 'ORIENTADA') GROUP BY petition_id)"""
IN_MARCH = "BETWEEN '2027-03-01' AND '2027-03-31'"
SQL = {
    **{
        measure: (
            f"studies WHERE kind = '{kind}' AND state = 'delivered' AND delivered_on {IN_MARCH}",
            f"studies WHERE kind = '{kind}' AND state <> 'cancelled' AND planned_on {IN_MARCH}",
        )
        for measure, kind in {
            "studies_delivered": "study",
            "analyses_delivered": "analysis",
            "proposals_delivered": "proposal",
        }.items()
    },
    "programmes_at_risk": (
        "programmes p JOIN programme_risks r ON r.programme_id = p.id WHERE r.risk = 'high'",
        "programmes WHERE since <= '2027-03-31'",
    ),
    "classified": ("counted WHERE id IN (SELECT id FROM decided)", "counted"),
    "classified_in_time": (
        "counted c JOIN decided d ON d.id = c.id JOIN terms t ON t.day = {opened_c} WHERE d.day <= t.one",
        "counted",
    ),
    "referred": (
        "counted WHERE id IN (SELECT id FROM decided WHERE agency IS NOT NULL) AND id IN (SELECT id FROM turns)",
        "counted WHERE id IN (SELECT id FROM decided WHERE agency IS NOT NULL)",
    ),
    "files_complete": (
        "archive_files f JOIN petitions p ON p.id = f.petition_id WHERE f.closed_at IS NOT NULL AND p.status IN "
        "('ORIENTADA', 'CONCLUIDA', 'DESISTIDA')",
        "petitions WHERE status IN ('ORIENTADA', 'CONCLUIDA', 'DESISTIDA')",
    ),
    "originals_kept": ("petitions WHERE status IN ('ORIENTADA', 'CONCLUIDA', 'DESISTIDA')",) * 2,
    "answered_cohort": (
        "counted WHERE due_on < '2027-04-08' AND id IN (SELECT id FROM told)",
        "counted WHERE due_on < '2027-04-08'",
    ),
    "answered_in_time": (
        "counted c JOIN told ON told.id = c.id WHERE c.due_on < '2027-04-08' AND told.day <= {due}",
        "counted WHERE due_on < '2027-04-08'",
    ),
    "answered_flow": ("counted JOIN told ON told.id = counted.id", "counted"),
    "remitted": (
        "counted WHERE id IN (SELECT id FROM turns WHERE agency = 'MUNICIPIO' AND kind = 'remision')",
        "counted WHERE id IN (SELECT id FROM decided WHERE agency = 'MUNICIPIO')",
    ),
    "accepted_by_state": (
        "counted WHERE id IN (SELECT id FROM turns WHERE kind = 'canalizacion' AND state IN ('accepted', 'answered'))",
        "counted WHERE id IN (SELECT id FROM decided WHERE agency <> 'MUNICIPIO')",
    ),
    "accepted_by_any": (
        "counted WHERE id IN (SELECT id FROM turns WHERE state IN ('accepted', 'answered'))",
        "counted WHERE id IN (SELECT id FROM turns)",
    ),
    "coordinated": (
        "(SELECT r.agency FROM turns r JOIN terms t ON t.day = {issued} GROUP BY r.agency HAVING 100 * "
        "sum(CASE WHEN {accepted} <= t.two THEN 1 ELSE 0 END) >= 80 * count(*)) x",
        "(SELECT DISTINCT agency FROM turns) x",
    ),
}


def by_sql(office: Office, measure: str) -> tuple[int, int]:
    if measure in REGISTER_SQL:
        known = months(office.engine.dialect.name)
        with office.sessions() as session:
            counts = [f"SELECT count(*) FROM {rows.format(**known)}" for rows in REGISTER_SQL[measure]]  # noqa: S608
            above, below = (session.scalar(text(count)) or 0 for count in counts)
        return above, below
    day = (
        "substr({}, 1, 10)"
        if office.engine.dialect.name == "sqlite"
        else "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    )
    due = "c.due_on" if office.engine.dialect.name == "sqlite" else "to_char(c.due_on, 'YYYY-MM-DD')"
    names = {"opened": "opened_at", "opened_c": "c.opened_at", "decided": "d.decided_at", "happened": "h.happened_at"}
    names |= {"issued": "r.issued_at", "accepted": "coalesce(r.accepted_at, r.answered_at)"}
    days = {name: day.format(column) for name, column in names.items()} | {"due": due}
    parts = ", ".join((TERMS, COUNTED, DECIDED, TURNS, TOLD)).format(**days)
    counts = [f"WITH {parts} SELECT count(*) FROM {rows.format(**days)}" for rows in SQL[measure]]  # noqa: S608
    with office.sessions() as session:
        above, below = (session.scalar(text(count)) or 0 for count in counts)
    return above, below


def test_every_figure_is_what_was_lived_and_what_sql_says(life: Life) -> None:
    assert set(SQL) | set(REGISTER_SQL) == set(MEASURES)
    assert _sizes(_figures(life.office)) == EXPECTED
    readings = {(one.id, way.key): way.measure for one in life.office.matrix.indicators for way in one.readings}
    assert {key: by_sql(life.office, measure) for key, measure in readings.items()} == EXPECTED


def test_a_figure_opens_to_its_petitions_and_agencies(life: Life) -> None:
    figures = _figures(life.office)
    with life.office.sessions() as session:
        ids = {letter: get_petition(session, folio).id for letter, folio in life.folios.items()}
    assert figures["C4", "cohorte"].numerator == {ids["a"], ids["d"]}
    assert figures["C3", "A"].denominator - figures["C3", "A"].numerator == {ids["f"]}
    assert figures["P.2", "A"].numerator == {"SEGO"}
    assert figures["P.2", "A"].denominator == {"SOAPA", "SEGO", "CABIEN", "MUNICIPIO"}


def test_a_file_is_conserved_when_the_archive_has_closed_it(life: Life) -> None:
    """Not when it only has a series."""
    office = life.office
    (ended,) = _figures(office)["C3.A3", "A"].denominator
    with office.sessions() as session:
        folio = session.get_one(Petition, ended).folio
    put_in_series(office, life.member, folio, Filing("SERIE-A"))
    assert _sizes(_figures(office))["C3.A3", "A"] == (0, 1) == by_sql(office, "files_complete")
    close_file(office, life.member, folio)
    assert _sizes(_figures(office))["C3.A3", "A"] == (1, 1) == by_sql(office, "files_complete")


def test_what_comes_late_changes_no_frozen_figure(life: Life) -> None:
    office = life.office
    assert freeze(office, MARCH, life.on(8, 4)) == len(EXPECTED)
    life.acts(8, lambda: accept(office, life.member, life.decides("f", 8, "SOAPA")), month=4)
    assert _sizes(_figures(office)) != EXPECTED
    assert freeze(office, MARCH, life.on(9, 4)) == 0
    with office.sessions() as session:
        frozen = list_frozen(session, MARCH)
        assert {key: (one.numerator, one.denominator) for key, one in frozen.items()} == EXPECTED
        assert {one.frozen_at for one in frozen.values()} == {life.on(8, 4)}
        kept = find_figure(session, MARCH, "P.2", "A")
        lines = report(session, office, office.matrix, MARCH, CUT)
    assert kept
    assert kept.numerator == {"SEGO"}
    of_c3 = next(line for line in lines if line.indicator.id == "C3")
    assert of_c3.difference == pytest.approx(100 / 7)


def test_a_month_is_frozen_when_its_terms_are_over_and_once(life: Life) -> None:
    office = life.office
    assert freeze_due(office, life.on(20, 4)) == []
    assert freeze_due(office, life.on(21, 4)) == ["2027-03"]
    assert freeze_due(office, life.on(22, 4)) == []
    with pytest.raises(MoveRefused):
        freeze(office, get_period("2027-04"), life.on(22, 4))
    with pytest.raises(MoveRefused):
        freeze(office, get_period("2027-T1"), life.on(22, 4))
    with office.sessions() as session:
        rows = session.scalars(select(IndicatorSnapshot)).all()
    assert {row.month for row in rows} == {date(2027, 3, 1)}
    assert all(len(row.keys["denominator"]) == row.denominator for row in rows)


def test_emergencies_and_data_rights_are_apart_because_the_file_says_so(life: Life) -> None:
    with life.office.sessions.begin() as session:
        session.execute(update(Petition).where(Petition.folio == life.folios["f"]).values(data_right="access"))
    assert _sizes(_figures(life.office))["C3", "A"] == (6, 6)


def test_what_has_no_register_has_no_figure(office: Office) -> None:
    with office.sessions() as session:
        lines = report(session, office, office.matrix, MARCH, CUT)
    without = [line.indicator.id for line in lines if line.live is None]
    assert without == ["FIN", "P.1"]
    assert all(line.indicator.register or line.indicator.external for line in lines if line.live is None)
    assert {line.live.share for line in lines if line.live} == {None}


def test_a_goal_is_of_its_year_and_another_years_changes_none(life: Life, tmp_path: Path) -> None:
    path = tmp_path / "indicators.yaml"
    text_of = (JURISDICTION / "indicators.yaml").read_text("utf-8")
    before, after = text_of.split("  - id: C4\n")
    goal = "goal: {2026: 80, 2026-T1: 20.5, 2027: 90}"
    path.write_text(f"{before}  - id: C4\n{after.replace('goal: null', goal, 1)}", "utf-8")
    matrix = load_matrix(path)
    periods = ("2025", "2026", "2026-03", "2026-T1", "2026-T2", "2027-T4")
    assert [matrix.get("C4").goal_in(get_period(name)) for name in periods] == [None, 80, 80, 20.5, 80, 90]
    with life.office.sessions() as session:
        told = as_csv(MARCH, report(session, life.office, matrix, MARCH, CUT))
    assert {row["goal"] for row in csv.DictReader(io.StringIO(told)) if row["id"] == "C4"} == {"90"}


def test_a_file_that_names_no_measure_of_the_program_is_refused(tmp_path: Path) -> None:
    text_of = (JURISDICTION / "indicators.yaml").read_text("utf-8")
    for wrong in (
        text_of.replace("measure: classified,", "measure: guessed,"),
        text_of.replace("accepted_share:", "x:"),
        text_of.replace("    goal: null", "    goal: 80", 1),
        text_of.replace("    goal: null", "    goal: {2026-T5: 80}", 1),
        text_of.replace("    goal: null", "    goal: {2026: mucho}", 1),
    ):
        path = tmp_path / "indicators.yaml"
        path.write_text(wrong, "utf-8")
        with pytest.raises(SettingsError):
            load_matrix(path)


@given(st.dates(date(2001, 1, 1), date(2150, 12, 31)))
def test_a_day_is_in_its_month_its_quarter_and_its_year(day: date) -> None:
    for period in (month_of(day), quarter_of(day), get_period(str(day.year))):
        assert period.first <= day <= period.last
        assert get_period(period.name) == period


def test_months_follow_one_another_and_what_is_no_period_is_not_there() -> None:
    months = months_between(date(2026, 11, 20), date(2027, 2, 1))
    assert [month.name for month in months] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert (get_period("2026-T4").first, get_period("2026-T4").last) == (date(2026, 10, 1), date(2026, 12, 31))
    for name in ("2026-T5", "2026-13", "ayer", "0000", "2026-1"):
        with pytest.raises(NotFound):
            get_period(name)
