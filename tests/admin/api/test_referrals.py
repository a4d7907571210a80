"""An agency's own system works its referrals: what the liaison may, and nothing that is not theirs."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from intake.accounts.staff import NewAccount, Role, add_account
from intake.answers.approving import set_wish
from intake.clock import at, utc_now
from intake.errors import IntakeError
from intake.petitions.case import get_petition
from intake.petitions.history import find_break, list_entries
from intake.systems.calls import STUCK_AFTER, begin_call
from intake.systems.tokens import Scope
from intake.tables.answers import Answer
from intake.tables.incoming import Attachment, Message
from intake.tables.petitions import Petition
from tests.admin.api.machine import PATH, Scene

WHOLE = "La cuadrilla reparó la fuga el martes y el agua ya llega a su calle."


def test_it_reads_accepts_and_answers_and_the_history_names_it(scene: Scene) -> None:
    (row,) = scene.machine.gets(PATH)["referrals"]
    assert (row["id"], row["folio"], row["state"]) == (scene.referral_id, scene.folio, "issued")
    assert "agua" not in str(row)
    whole = scene.machine.gets(scene.path())
    assert "no hay agua" in whole["matters"][0]
    assert whole["can"][0] == "accept"
    accepted = scene.machine.posts(scene.path("accept"))
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    answered = scene.machine.posts(scene.path("answer"), {"text": WHOLE})
    assert (answered.status_code, answered.json()["state"]) == (200, "answered")
    scene.talk.works()
    assert WHOLE in "\n".join(scene.talk.replies())
    assert scene.machine.gets(scene.path())["answers"][0]["author"] == "Sistema de SOAPA"
    with scene.office.sessions() as session:
        entries = list_entries(session, get_petition(session, scene.folio).id)
        acts = [entry.actor for entry in entries if entry.name in ("ACEPTADA", "RESPONDIDA")]
    assert len(set(acts)) == 1
    assert acts[0].startswith("staff:")
    assert find_break(entries) is None


def test_a_write_that_is_sent_twice_is_done_once(scene: Scene) -> None:
    scene.machine.posts(scene.path("accept"), key="uno")
    again = scene.machine.posts(scene.path("accept"), key="uno")
    assert (again.status_code, again.json()["state"]) == (200, "accepted")
    assert again.headers["idempotency-replayed"] == "true"
    first = scene.machine.posts(scene.path("answer"), {"text": WHOLE}, key="dos")
    assert first.status_code == 200
    assert scene.machine.posts(scene.path("answer"), {"text": WHOLE}, key="dos").json() == first.json()
    other = scene.machine.posts(scene.path("answer"), {"text": f"{WHOLE} Gracias."}, key="dos")
    assert (other.status_code, other.json()["type"]) == (422, "urn:canaliza:problem:key-reused")
    late = scene.machine.posts(scene.path("answer"), {"text": WHOLE}, key="tres")
    assert (late.status_code, late.json()["type"]) == (409, "urn:canaliza:problem:stale")
    with scene.office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Answer)) == 1


def test_a_write_without_a_key_is_refused(scene: Scene) -> None:
    headers = {"Authorization": f"Bearer {scene.machine.token}"}
    refused = scene.machine.client.post(scene.path("accept"), headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (400, "urn:canaliza:problem:no-key")
    assert scene.machine.gets(scene.path())["state"] == "issued"


def test_a_call_that_was_cut_off_is_tried_again_after_a_while(scene: Scene) -> None:
    arguments = scene.office, scene.machine.system_id, "k", "f" * 64
    assert begin_call(*arguments) is None
    with pytest.raises(IntakeError):
        begin_call(*arguments)
    with at(utc_now() + STUCK_AFTER):
        assert begin_call(*arguments) is None


@pytest.mark.parametrize(
    ("act", "body", "problem"),
    [
        ("answer", {"text": "Ya quedó."}, "short"),
        ("answer", {"text": "Su petición fue atendida por el área correspondiente."}, "hollow"),
        ("answer", {"text": "La cuadrilla va a su calle el {día de la visita}."}, "blank"),
        ("return", {"reason": "No es mío"}, "short"),
        ("return", {"reason": "Le corresponde al municipio.", "agency": "NADIE"}, "unknown-agency"),
        ("return", {"reason": "Le corresponde a nosotros mismos.", "agency": "SOAPA"}, "not-possible"),
        ("ask", {"question": "¿Qué?"}, "short"),
        ("extend", {"reason": "Falta"}, "short"),
        ("answer", {"texto": WHOLE}, "invalid"),
    ],
)
def test_what_the_liaisons_page_refuses_is_refused(scene: Scene, act: str, body: dict[str, str], problem: str) -> None:
    refused = scene.machine.posts(scene.path(act), body)
    assert refused.json()["type"] == f"urn:canaliza:problem:{problem}"
    assert refused.status_code == (409 if problem == "not-possible" else 422)
    assert len(refused.json()["detail"]) > 20
    assert scene.machine.gets(scene.path())["state"] == "issued"


def test_it_asks_extends_and_gives_back(scene: Scene) -> None:
    asked = scene.machine.posts(scene.path("ask"), {"question": "¿Cuál es su número de contrato?"})
    assert asked.json()["datum"] == "asked"
    twice = scene.machine.posts(scene.path("ask"), {"question": "¿Y en qué calle vive usted?"})
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:canaliza:problem:stale")
    scene.talk.works()
    scene.talk.says("es el 4521-7")
    whole = scene.machine.gets(scene.path())
    assert whole["datum"] == "came"
    assert [one["text"] for one in whole["messages"] if one["is_answer_to_your_question"]] == ["es el 4521-7"]
    if until := whole["extension_until"]:
        more = scene.machine.posts(scene.path("extend"), {"reason": "La refacción llega la próxima semana."})
        assert more.json()["due_on"] == until
    given = scene.machine.posts(scene.path("return"), {"reason": "Es calle municipal.", "agency": "MUNICIPIO"})
    assert given.json()["state"] == "returned"
    after = scene.machine.gets(scene.path())
    assert (after["matters"], after["messages"], after["return_agency"]) == ([], [], "MUNICIPIO")


def test_another_agencys_referral_does_not_exist(scene: Scene) -> None:
    for agency in ("CABIEN", None):
        scopes = () if agency else (Scope.OPEN311_READ,)
        stranger = scene.stranger(agency, *scopes)
        if agency is None:
            stranger.gets(PATH, 403)
            continue
        assert stranger.gets(PATH)["referrals"] == []
        stranger.gets(scene.path(), 404)
        for act, body in (("accept", None), ("answer", {"text": WHOLE}), ("return", {"reason": "No nos corresponde."})):
            assert stranger.posts(scene.path(act), body).status_code == 404
    assert scene.machine.gets(scene.path())["state"] == "issued"


def test_what_may_be_taken_back_is_not_there_yet(scene: Scene) -> None:
    held = scene.refers("c2", "no hay agua en mi casa desde hace tres días", hold=timedelta(minutes=10))
    assert [row["id"] for row in scene.machine.gets(PATH)["referrals"]] == [scene.referral_id]
    assert scene.machine.posts(f"{PATH}/{held}/accept").status_code == 404


def test_pages_are_walked_by_key_and_polled_by_change(scene: Scene) -> None:
    for number in range(4):
        scene.refers(f"more-{number}", f"no hay agua en la calle {number} de la colonia Reforma")
    seen, after = [], 0
    while after is not None:
        page = scene.machine.gets(f"{PATH}?limit=2&after={after}")
        seen += [row["id"] for row in page["referrals"]]
        after = page["next_after"]
    assert seen == sorted(seen)
    assert len(seen) == 5
    since = utc_now()
    stamp = since.isoformat().replace("+00:00", "Z")
    assert scene.machine.gets(f"{PATH}?updated_since={stamp}")["referrals"] == []
    scene.machine.posts(scene.path("accept"))
    (changed,) = scene.machine.gets(f"{PATH}?updated_since={stamp}")["referrals"]
    assert (changed["id"], changed["state"]) == (scene.referral_id, "accepted")
    assert scene.machine.gets(f"{PATH}?state=accepted")["referrals"] == [changed]
    assert scene.machine.gets(f"{PATH}?updated_since=2026-01-01T00:00:00", 422)["type"].endswith("no-zone")


def test_whom_the_person_hides_from_stays_hidden(scene: Scene) -> None:
    with scene.office.sessions.begin() as session:
        get_petition(session, scene.folio).is_anonymous = True
    whole = str(scene.machine.gets(scene.path()))
    assert "no hay agua" in whole
    assert "9511234567" not in whole


def test_reading_a_sensitive_petition_is_noted_and_is_no_change(scene: Scene) -> None:
    with scene.office.sessions.begin() as session:
        get_petition(session, scene.folio).is_sensitive = True
    before = scene.machine.gets(PATH)["referrals"][0]["updated_at"]
    scene.machine.gets(scene.path())
    assert scene.machine.gets(PATH)["referrals"][0]["updated_at"] == before
    with scene.office.sessions() as session:
        names = [entry.name for entry in list_entries(session, get_petition(session, scene.folio).id)]
    assert names.count("read") == 1


def test_files_are_handed_out_to_their_agency_and_restricted_ones_to_none(scene: Scene, tmp_path: Path) -> None:
    source = tmp_path / "photo"
    source.write_bytes(b"\x89PNG")
    scene.office.files.put(source, "aa/photo")
    with scene.office.sessions.begin() as session:
        petition = session.scalars(select(Petition).where(Petition.folio == scene.folio)).one()
        message = session.scalars(select(Message).where(Message.petition_id == petition.id)).first()
        assert message
        values = {"message_id": message.id, "petition_id": petition.id, "channel": "console", "kind": "photo"}
        kept = {"state": "stored", "next_attempt_at": message.received_at, "storage_key": "aa/photo", "size_bytes": 4}
        files = [Attachment(external_id=x, unique_id=x, is_restricted=x == "y", **values, **kept) for x in ("x", "y")]
        session.add_all(files)
        session.flush()
        shown, restricted = (file.id for file in files)
    headers = {"Authorization": f"Bearer {scene.machine.token}"}
    answer = scene.machine.client.get(f"/api/v1/files/{shown}", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"\x89PNG")
    assert answer.headers["content-disposition"].startswith("attachment")
    scene.machine.gets(f"/api/v1/files/{restricted}", 404)
    scene.stranger("CABIEN").gets(f"/api/v1/files/{shown}", 404)


def test_where_the_head_sees_answers_first_a_systems_answer_waits_too(scene: Scene) -> None:
    with scene.office.sessions.begin() as session:
        head = NewAccount("titular", "La titular", Role.HEAD, "una frase muy larga", "SOAPA")
        add_account(session, scene.office.jurisdiction, head)
    set_wish(scene.office, scene.administrator, "SOAPA", wants=True)
    answered = scene.machine.posts(scene.path("answer"), {"text": WHOLE})
    assert (answered.status_code, answered.json()["state"]) == (200, "issued")
    scene.talk.works()
    assert WHOLE not in "\n".join(scene.talk.replies())
    assert scene.machine.posts(scene.path("answer"), {"text": WHOLE}).status_code == 409
