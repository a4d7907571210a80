"""The mind learns from decisions: examined before it may serve, tried beside the one in service, taken back at will."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console as Screen

from bot.console import Console
from bot.messages import ChannelName
from canaliza import drifting, modelling
from canaliza.learning import train_model
from canaliza.retraining import Wish, retrain
from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.clock import utc_now
from intake.errors import NotFound
from intake.mind.lessons import Busy, LessonView, Refused, find_lesson, is_learning, lesson, start_lesson
from intake.mind.trials import find_latest, look
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.settings import Settings
from intake.tables.citizens import Citizen, Conversation
from intake.tables.mind import Decision, Lesson, SuggestionRow
from intake.tables.petitions import Matter, Petition
from intake.triage.referrals import Choice, decide
from intake.wiring import build_office
from nlp.shelf import find_meta, find_version
from tests.databases import fresh_database
from tests.models import JURISDICTION
from tests.talk import Talk

AGENCIES = ("SOAPA", "REGCIVIL", "CFE", "SEMOVI")
FEW = 170  # messages of a file: enough to learn from within seconds
NEW = "chismefono"  # a word that the corpus does not have: only decisions can teach whose it is


@pytest.fixture(scope="module")
def jurisdiction(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Oaxaca with a small corpus."""
    folder = tmp_path_factory.mktemp("small") / "oaxaca"
    shutil.copytree(JURISDICTION, folder, ignore=shutil.ignore_patterns("corpus"))
    (folder / "corpus" / "petitions").mkdir(parents=True)
    for name in ("split.json", *(f"petitions/{key}.jsonl" for key in AGENCIES), "kinds.jsonl", "emergencies.jsonl"):
        lines = (JURISDICTION / "corpus" / name).read_text(encoding="utf-8").splitlines()
        kept = lines if name.endswith(".json") else [line for line in lines if _is_small(json.loads(line))][:FEW]
        (folder / "corpus" / name).write_text("\n".join(kept), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def trained(jurisdiction: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model") / "oaxaca"
    train_model(Settings(jurisdiction=str(jurisdiction)), folder, seed=7, out=Screen(quiet=True))
    return folder


@pytest.fixture
def office(jurisdiction: Path, trained: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(trained, tmp_path / "model" / "oaxaca")
    with fresh_database("sqlite", tmp_path) as url:
        settings = Settings(
            database_url=url,
            secret_key="k" * 32,
            files_url=f"file://{tmp_path}/files",
            jurisdiction=str(jurisdiction),
            model_dir=str(tmp_path / "model" / "oaxaca"),
            quiet_s=0,
        )
        built = build_office(settings, further={ChannelName.CONSOLE: Console()})
        yield built
        built.engine.dispose()


@pytest.fixture
def out() -> Screen:
    return Screen(record=True, width=160)


def _is_small(row: dict[str, object]) -> bool:
    agencies = row["agencies"]
    assert isinstance(agencies, list)
    return set(agencies) <= set(AGENCIES)


def _decided(office: Office, told: dict[str, str], *, days: int = 90) -> None:
    """Decisions spread over the days until now: each text by its own citizen, to the agency that it belongs to."""
    now = utc_now()
    with office.sessions.begin() as session:
        member = add_account(session, office.jurisdiction, NewAccount("o", "O", Role.OFFICER, "x" * 12))
        session.flush()
        for number, (text, agency) in enumerate(told.items()):
            at = now - timedelta(days=days) * (1 - number / len(told))
            citizen = Citizen(name=None, created_at=at)
            session.add(citizen)
            session.flush()
            talk = Conversation(channel="console", address=f"p{number}", citizen_id=citizen.id, created_at=at, state={})
            session.add(talk)
            session.flush()
            petition = Petition(
                folio=f"JG-2026-{number:06d}-0",
                folio_part=f"{number:06d}",
                citizen_id=citizen.id,
                conversation_id=talk.id,
                status="TURNADA",
                opened_at=at,
                due_on=at.date(),
            )
            session.add(petition)
            session.flush()
            matter = Matter(petition_id=petition.id, text=text, status="TURNADA", agency=agency)
            session.add(matter)
            session.flush()
            said = office.reader.read(text, explains=False).suggestions
            ranking = [{"agency": s.agency, "probability": s.probability, "because": []} for s in said]
            row = SuggestionRow(
                matter_id=matter.id, created_at=at, model_version="m", ranking=ranking, rule="r", reason="", trace=[]
            )
            session.add(row)
            session.flush()
            session.add(
                Decision(matter_id=matter.id, suggestion_id=row.id, staff_id=member.id, agency=agency, decided_at=at)
            )


def _right_ones() -> dict[str, str]:
    """250 texts: everyday ones as the corpus has them, and ones whose word only decisions know."""
    rows = [
        json.loads(line)
        for key in AGENCIES
        for line in (JURISDICTION / "corpus" / "petitions" / f"{key}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    plain = [row for row in rows if len(row["agencies"]) == 1 and _is_small(row)][-200:]
    told = {row["text"]: row["agencies"][0] for row in plain}
    told |= {f"el {NEW} {thing} no sirve": "SEMOVI" for thing in _things()}
    return {text: told[text] for text in sorted(told, key=hash_of)}


def hash_of(text: str) -> int:
    return sum(ord(character) * (at + 1) for at, character in enumerate(text)) % 9973


def _things() -> list[str]:
    return [
        f"de la {a} {b}"
        for a in ("esquina parada base ruta terminal".split())
        for b in "uno dos tres centro norte sur plaza cerro arriba abajo".split()
    ]


def test_too_few_decisions_teach_nothing(office: Office, out: Screen) -> None:
    with pytest.raises(Refused, match="0 decided petitions"):
        retrain(office, Wish(7, 0), out)
    assert find_version(office.minds.shelf.previous) is None
    newest = _newest_lesson(office)
    assert newest.outcome == "few"
    assert newest.figures == {"decided": 0, "wanted": 200}


def test_one_lesson_at_a_time(office: Office, out: Screen) -> None:
    with lesson(office):
        assert is_learning(office)
        assert _newest_lesson(office).outcome is None
        with pytest.raises(Busy):
            retrain(office, Wish(7, 0), out)
        with pytest.raises(Busy):
            start_lesson(office)
    assert not is_learning(office)


def test_a_lesson_that_was_cut_off_says_so(office: Office) -> None:
    with office.sessions.begin() as session:
        session.add(Lesson(started_at=utc_now()))
    assert _newest_lesson(office).outcome == "broken_off"


def test_a_lesson_that_fails_says_so(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), lesson(office):
        raise ZeroDivisionError
    assert _newest_lesson(office).outcome == "failed"


def test_a_lesson_is_started_in_a_process_of_its_own(office: Office) -> None:
    start_lesson(office)
    assert _wait_for_lesson(office).outcome == "few"


def test_decisions_teach_a_new_word_and_the_model_before_can_be_had_back(office: Office, out: Screen) -> None:
    asked = f"no sirve el {NEW} de mi calle"
    first = office.reader.model_version
    assert office.reader.read(asked).suggestions[0].agency != "SEMOVI"
    _decided(office, _right_ones())
    retrain(office, Wish(7, 0), out)
    look(office)
    assert office.reader.model_version != first
    best = office.reader.read(asked).suggestions[0]
    assert (best.agency, best.probability > 0.5) == ("SEMOVI", True)
    meta = find_meta(office.minds.shelf.in_place)
    assert meta
    assert meta["decisions"]["count"] == 250
    assert meta["performance"]["after"]["frozen"]["agency_macro_f1"] > 0.5
    modelling.roll_back(office, out)
    look(office)
    assert office.reader.model_version == first
    modelling.show(office, out)
    assert "published" in out.export_text()


def test_wrong_decisions_are_refused_and_change_nothing(office: Office, out: Screen) -> None:
    right = _right_ones()
    turned = {text: AGENCIES[(AGENCIES.index(agency) + 1) % 4] for text, agency in right.items()}
    older = list(turned.items())[:175]
    _decided(office, dict(older) | {text: right[text] for text in list(right)[175:]})
    with pytest.raises(Refused, match="nothing was changed"):
        retrain(office, Wish(7, 0), out)
    shelf = office.minds.shelf
    assert (find_version(shelf.candidate), find_version(shelf.previous)) == (None, None)
    newest = _newest_lesson(office)
    assert newest.outcome == "worse"
    assert all(fault["after"] < fault["before"] for fault in newest.figures["faults"])


def test_a_candidate_is_tried_beside_the_model_in_service_and_then_serves(office: Office, out: Screen) -> None:
    _decided(office, _right_ones())
    retrain(office, Wish(7, 2), out)
    look(office)
    candidate = office.minds.candidate
    assert candidate
    assert office.reader.model_version != candidate.model_version
    for place in ("norte", "sur"):
        talk = Talk(office, f"vecina-{place}")
        talk.says(f"el {NEW} de la ruta {place} no sirve, San Pablo Etla")
        look(office)
        assert office.minds.candidate
        _decide_newest(office, talk)
    look(office)
    assert office.minds.candidate is None
    assert office.reader.model_version == candidate.model_version
    with office.sessions() as session:
        trial = find_latest(session)
        assert trial
        assert trial.outcome == "published"
        assert trial.figures["trial"]["petitions"] == 2
        assert trial.figures["trial"]["candidate"] == 2


def test_a_trial_can_be_ended_by_hand(office: Office, out: Screen) -> None:
    with pytest.raises(NotFound, match="no candidate"):
        modelling.publish(office, out)
    with pytest.raises(NotFound, match="no earlier"):
        modelling.roll_back(office, out)
    _decided(office, _right_ones())
    retrain(office, Wish(7, 100), out)
    look(office)
    modelling.discard(office, out)
    assert office.minds.candidate is None
    assert find_version(office.minds.shelf.candidate) is None


def test_drift_compares_the_last_month_with_the_months_before(office: Office, out: Screen) -> None:
    everyday = _right_ones()
    steady = [text for text in everyday if NEW not in text]
    moved = [text for text in everyday if NEW in text]
    _decided(office, {text: everyday[text] for text in [*steady, *moved, *steady[:1]]}, days=110)
    drifting.show(office, out)
    told = out.export_text()
    assert "moved" in told
    assert "decided as first suggested" in told


def _newest_lesson(office: Office) -> LessonView:
    with office.sessions() as session:
        found = find_lesson(session, office)
    assert found
    return found


def _wait_for_lesson(office: Office) -> LessonView:
    for _ in range(600):
        with office.sessions() as session:
            found = find_lesson(session, office)
        if found and found.ended_at:
            return found
        time.sleep(0.1)
    raise AssertionError("the lesson did not end")


def _decide_newest(office: Office, talk: Talk) -> None:
    petition = talk.petitions()[-1]
    with office.sessions() as session:
        matter = list_matters(get_petition(session, petition.folio))[0]
    officer = Member(1, "o", "O", Role.OFFICER, None, "")
    decide(office, officer, petition.folio, Choice(matter.id, "SEMOVI", petition.version))
