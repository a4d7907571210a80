"""A cancellation carried out: blocked, told, suppressed; nothing of the person is left, everything of others is."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, String, func, select, update

from intake.accounts.staff import Member, NewAccount, Role, add_account
from intake.answers.leaving import send_approved
from intake.audit.checks import check
from intake.clock import at, utc_now
from intake.correspondence.archive_files import Filing, put_in_series
from intake.database import is_sqlite
from intake.erasing import listing
from intake.erasing.blocking import Acceptance, accept
from intake.erasing.inventory import taken_of
from intake.erasing.opening import open_blocked
from intake.erasing.rows import DROPPED, RELATIONS, Person, find_person, list_taken, of_person
from intake.erasing.suppressing import STEPS, confirm, suppress
from intake.erasing.telling import close_chats
from intake.errors import FormRefused, NotAllowed
from intake.office import Office
from intake.petitions.case import get_petition, list_matters, move_if_allowed
from intake.petitions.states import Status
from intake.tables.answers import Answer, AnswerDraft, Approval, Evidence, Paper
from intake.tables.bulk import BulkAnswer, BulkMember
from intake.tables.citizens import Alias, Citizen, Conversation, Rating
from intake.tables.correspondence import OfficePaper, Piece, PieceFile
from intake.tables.erasing import CommittedWords, Erasure
from intake.tables.incoming import Attachment, InboundEvent, Message, Transcription
from intake.tables.mind import Decision, Incident, IncidentMember, Likeness
from intake.tables.outgoing import Reply, ReservedWords, Task
from intake.tables.petitions import Alarm, Capture, Consultation, Extension, Inquiry, Interpretation, Petition, Referral
from intake.triage.veil import look
from tests.talk import Talk

MARKER = "zzmarcador"  # in every value that is the person's, and nowhere else
TODAY = date(2026, 11, 27)
PASSWORD = "una frase muy larga"


@pytest.fixture
def members(office: Office) -> dict[str, Member]:
    with office.sessions.begin() as session:
        rows = {
            role: add_account(session, office.jurisdiction, NewAccount(role.value, f"Persona {role}", role, PASSWORD))
            for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.OFFICER)
        }
        return {role.value: Member(row.id, row.username, row.name, role, None, "") for role, row in rows.items()}


@pytest.fixture
def termed(office: Office) -> Office:
    """An office whose archive's term is known and confirmed."""
    records = office.jurisdiction.records
    series = {code: replace(one, is_confirmed=True) for code, one in records.series.items()}  # two years and three
    records = replace(records, series=series)
    return replace(office, jurisdiction=replace(office.jurisdiction, records=records))


def asks_to_be_forgotten(office: Office, address: str) -> str:
    talk = Talk(office, address)
    talk.says(f"no hay agua en la colonia Reforma, soy Ana {MARKER} y mi número es 9511234567")
    (first,) = talk.petitions()
    with office.sessions.begin() as session:
        petition = get_petition(session, first.folio)
        move_if_allowed(session, petition, [Status.DESISTIDA], utc_now(), "citizen")
    talk.says("quiero que borren todos mis datos por favor")
    talk.says("sí")
    return talk.petitions()[-1].folio


def stored(office: Office, tmp_path: Path, content: bytes, name: str) -> str:
    path = tmp_path / name
    path.write_bytes(content)
    office.files.put(path, f"aa/{name}")
    return f"aa/{name}"


def is_everywhere(office: Office, tmp_path: Path, members: dict[str, Member], folio: str, others: str) -> Person:
    """The person has a row in every table in which a person's words may stand, and the marker in each value."""
    staff, now = members["administrator"].id, utc_now()
    own, shared = stored(office, tmp_path, f"own {MARKER}".encode(), "own"), stored(office, tmp_path, b"both", "both")
    with office.sessions.begin() as session:
        request, other = get_petition(session, folio), get_petition(session, others)
        petition = session.scalars(select(Petition).where(Petition.citizen_id == request.citizen_id)).first()
        assert petition is not None
        message = session.scalars(select(Message).where(Message.petition_id == petition.id)).first()
        assert message is not None
        theirs = session.scalars(select(Message).where(Message.petition_id == other.id)).first()
        assert theirs is not None
        matter = list_matters(petition)[0]
        said: dict[str, Any] = {"channel": "console", "kind": "voice", "external_id": "x", "unique_id": "x"}
        kept = said | {"state": "stored", "next_attempt_at": now}
        voice = Attachment(message_id=message.id, petition_id=petition.id, storage_key=own, **kept)
        session.add_all(
            [
                voice,
                Attachment(message_id=message.id, petition_id=petition.id, storage_key=shared, **kept),
                Attachment(message_id=theirs.id, petition_id=other.id, storage_key=shared, **kept),
                Alias(citizen_id=petition.citizen_id, channel="telegram", address=f"{MARKER}-2"),
                Conversation(channel="telegram", address=f"{MARKER}-2", citizen_id=petition.citizen_id, created_at=now),
                Alarm(petition_id=petition.id, staff_id=staff, reason="x", raised_at=now),
                Capture(petition_id=petition.id, staff_id=staff, way="letter", phone="x", came_at=now, captured_at=now),
                Decision(matter_id=matter.id, staff_id=staff, agency="SOAPA", reason="x", decided_at=now),
                Interpretation(petition_id=petition.id, state="done", language="x", requested_at=now, moved_at=now),
                ReservedWords(petition_id=petition.id, key="r-1", purpose="x", text="x", created_at=now),
                Rating(petition_id=petition.id, asked_at=now, mark="bad", rated_at=now, comment_id=message.id),
                Likeness(petition_id=petition.id, other_id=other.id, probability=0.5),
            ]
        )
        referrals = [
            Referral(
                matter_id=one.id, agency="SOAPA", kind="canalizacion", state="answered", issued_at=now, issued_by=staff
            )
            for one in (matter, list_matters(other)[0])
        ]
        incident = Incident(opened_at=now, opened_by=staff)
        session.add_all([*referrals, incident])
        session.flush()
        mine, not_mine = (referral.id for referral in referrals)
        answers = [
            Answer(referral_id=id_, staff_id=staff, text="Respuesta", created_at=now) for id_ in (mine, not_mine)
        ]
        bulks = [
            BulkAnswer(key=key, incident_id=incident.id, agency="SOAPA", staff_id=staff, text="A todos", begun_at=now)
            for key in ("alone", "shared")
        ]
        asked = Inquiry(referral_id=mine, staff_id=staff, text="x", asked_at=now)
        other_agency = Consultation(referral_id=mine, agency="SEGO", staff_id=staff, question="x", asked_at=now)
        reply = session.scalars(select(Reply).where(Reply.conversation_id == petition.conversation_id)).first()
        assert reply is not None
        session.add_all(
            [
                *answers,
                *bulks,
                asked,
                other_agency,
                Transcription(attachment_id=voice.id, staff_id=staff, text="x", written_at=now),
            ]
        )
        session.flush()
        file: dict[str, Any] = {"name": "x", "media_type": "image/png", "size_bytes": 1, "sha256": "x", "put_at": now}
        session.add_all(
            [
                BulkMember(bulk_id=bulks[0].id, referral_id=mine),
                BulkMember(bulk_id=bulks[1].id, referral_id=mine),
                BulkMember(bulk_id=bulks[1].id, referral_id=not_mine),
                IncidentMember(petition_id=petition.id, incident_id=incident.id, joined_by=staff),
                IncidentMember(petition_id=other.id, incident_id=incident.id, joined_by=staff),
                AnswerDraft(referral_id=mine, staff_id=staff, text="x", saved_at=now),
                Approval(referral_id=mine, staff_id=staff, text="x", put_at=now),
                Evidence(referral_id=mine, staff_id=staff, answer_id=answers[0].id, storage_key=own, **file),
                Extension(
                    petition_id=petition.id,
                    referral_id=mine,
                    staff_id=staff,
                    reason="x",
                    given_at=now,
                    was_due_on=TODAY,
                ),
                Paper(
                    answer_id=answers[0].id,
                    content={"folio": petition.folio, "answer": MARKER},
                    digest="d",
                    seal="s",
                    sha256="x",
                    storage_key=own,
                    made_at=now,
                ),
                Task(petition_id=petition.id, reply_id=reply.id, reason="failed", opened_at=now),
            ]
        )
        session.flush()
        person = find_person(session, [petition.citizen_id])
        first = petition.folio
    _came_on_paper(office, staff, first, own)
    look(office, members["officer"], first, f"pregunta {MARKER}")
    _mark(office, person)
    return person


def _came_on_paper(office: Office, staff: int, folio: str, own: str) -> None:
    now = utc_now()
    with office.sessions.begin() as session:
        petition = get_petition(session, folio)
        piece = Piece(
            key="k",
            way="counter",
            came_at=now,
            kept_at=now,
            sender="x",
            sender_kind="person",
            addressee="x",
            their_number="x",
            subject="x",
            enclosures=0,
            state="registered",
            petition_id=petition.id,
        )
        session.add(piece)
        session.flush()
        page: dict[str, Any] = {"media_type": "image/png", "size_bytes": 1, "sha256": "x", "storage_key": own}
        reading: dict[str, Any] = {"reading": "done", "attempts": 1, "next_attempt_at": now}
        session.add(PieceFile(piece_id=piece.id, number=1, role="page", name="x", sheets=1, **page, **reading))
        session.add(
            OfficePaper(
                petition_id=petition.id,
                kind="letter",
                year=2026,
                number=1,
                label="JG/1/2026",
                content={"folio": folio, "issued_on": "hoy", "sender": MARKER},
                digest="d",
                seal="s",
                issued_at=now,
                issued_by=staff,
            )
        )


def _mark(office: Office, person: Person) -> None:
    """Whatever the inventory says is to be emptied holds the marker: a column that is forgotten is seen."""
    fixed = {"storage_key", "address", "content", "key", "digest", "salt"}
    with office.sessions.begin() as session:
        for name in [*list_taken(), "search_texts", "traits"]:
            relation = RELATIONS[name]
            columns = [c for c in taken_of(name) if c not in fixed and isinstance(relation.c[c].type, String)]
            texts: dict[str, Any] = dict.fromkeys(columns, MARKER)
            texts |= {c: MARKER.encode() for c in taken_of(name) if isinstance(relation.c[c].type, LargeBinary)}
            if texts:
                session.execute(update(relation).where(of_person(name, person)).values(texts))
        marked = {
            "suggestions": {"trace": [MARKER]},
            "conversations": {"state": {"x": MARKER}},
            "replies": {"choices": [MARKER]},
            "messages": {"basis": {"x": MARKER}},
            "petitions": {"damage": {"what": "fence", "where": MARKER}},
        }
        for name, values in marked.items():
            session.execute(update(RELATIONS[name]).where(of_person(name, person)).values(values))


def dumped(office: Office, *, apart: tuple[str, ...] = ()) -> dict[str, str]:
    """All that the database holds, by table; on SQLite its own tables of the index of words too."""
    with office.engine.connect() as connection:
        tables = {
            name: repr(connection.execute(select(relation)).all())
            for name, relation in RELATIONS.items()
            if name not in apart
        }
    if is_sqlite(office.engine):
        with sqlite3.connect(str(office.engine.url.database)) as raw:
            tables["search_index_data"] = repr(raw.execute("SELECT * FROM search_index_data").fetchall())
    return tables


def found_in(office: Office, *, apart: tuple[str, ...] = ()) -> set[str]:
    return {name for name, rows in dumped(office, apart=apart).items() if MARKER in rows}


def files_of(office: Office) -> Iterator[Path]:
    root = Path(office.settings.files_url.removeprefix("file://"))
    return (path for path in root.rglob("*") if path.is_file())


def test_a_person_is_blocked_told_and_suppressed(
    termed: Office, members: dict[str, Member], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the spool's folder is a relative one
    office, administrator = termed, members["administrator"]
    neighbour = Talk(office, "vecina")
    neighbour.says("tampoco hay agua en mi calle de la colonia Reforma")
    others = neighbour.petitions()[0].folio
    folio = asks_to_be_forgotten(office, f"{MARKER}-1")
    is_everywhere(office, tmp_path, members, folio, others)
    assert {*list_taken(), "search_texts"} - found_in(office) <= {"system_requests", "traits", "links"}
    with office.sessions() as session:
        counted = [
            session.scalar(select(func.count()).select_from(RELATIONS[name])) for name in ("petitions", "ratings")
        ]

    number = accept(office, administrator, Acceptance(folio, "mostró su identificación", is_confirmed=True))

    assert found_in(office) == {"conversations"}  # its address, until the answer has left
    assert check(office).is_whole
    sent = Talk(office, f"{MARKER}-1")
    sent.works()
    (told,) = sent.replies()
    assert folio in told
    assert "nadie los ve ni los usa" in told
    assert close_chats(office, utc_now()) == 1
    assert found_in(office) == set()
    assert any(MARKER in path.read_text("latin-1") for path in files_of(office))
    with office.sessions() as session:
        assert counted == [
            session.scalar(select(func.count()).select_from(RELATIONS[name])) for name in ("petitions", "ratings")
        ]
    opened = open_blocked(office, members["auditor"], number, f"queja {MARKER}")
    assert any(MARKER in value for one in opened for _, value in one.values)
    with pytest.raises(NotAllowed):
        open_blocked(office, administrator, number, "quiero ver")

    with pytest.raises(FormRefused, match="not_ready"):
        confirm(office, administrator, number, is_confirmed=True)
    with at(datetime.now(UTC) + timedelta(days=5 * 366)):
        confirm(office, administrator, number, is_confirmed=True)
    assert found_in(office) == set()
    assert not any(MARKER in path.read_text("latin-1") for path in files_of(office))
    assert [path.name for path in files_of(office)] == ["both"]
    if is_sqlite(office.engine):
        assert MARKER.encode() not in Path(str(office.engine.url.database)).read_bytes()
    assert check(office).is_whole
    with office.sessions() as session:
        erasure = session.get_one(Erasure, number)
        assert (erasure.state, erasure.key, set(erasure.steps)) == ("suppressed", None, set(STEPS))
        assert session.scalar(select(BulkAnswer.text).where(BulkAnswer.key == "alone")) == ""
        assert session.scalar(select(BulkAnswer.text).where(BulkAnswer.key == "shared")) == "A todos"
        assert "tampoco hay agua" in list_matters(get_petition(session, others))[0].text
    assert "tampoco hay agua" in dumped(office)["messages"]
    assert suppress(office, number)


def test_who_writes_again_is_a_new_contact(office: Office, members: dict[str, Member]) -> None:
    folio = asks_to_be_forgotten(office, "c-otra-vez")
    accept(office, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    talk = Talk(office, "c-otra-vez")
    talk.works()
    assert close_chats(office, utc_now()) == 1
    assert talk.replies() == []
    first, *_ = talk.says("hay un bache enorme en la calle Juárez de la colonia Reforma")
    assert "se pidió antes cancelar datos" in first
    assert len(talk.petitions()) == 1
    again = talk.says("ya lo taparon, gracias")
    assert not any("se pidió antes" in text for text in again)
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Citizen)) == 2


def test_a_cancellation_waits_for_open_petitions_a_reason_and_a_second_yes(
    office: Office, members: dict[str, Member]
) -> None:
    talk = Talk(office, "c-abierta")
    talk.says("no hay agua en la colonia Reforma")
    talk.says("quiero que borren todos mis datos por favor")
    talk.says("sí")
    first, request = (petition.folio for petition in talk.petitions())
    administrator = members["administrator"]
    refused = {
        "reason": Acceptance(request, " ", is_confirmed=True),
        "confirm": Acceptance(request, "sí", is_confirmed=False),
        "open": Acceptance(request, "sí", is_confirmed=True),
        "right": Acceptance(first, "sí", is_confirmed=True),
    }
    for fault, said in refused.items():
        with pytest.raises(FormRefused, match=fault):
            accept(office, administrator, said)
    with pytest.raises(NotAllowed):
        accept(office, members["officer"], refused["open"])


def test_a_suppression_goes_on_where_it_stopped(
    termed: Office, members: dict[str, Member], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spool = tmp_path / termed.settings.spool_dir
    spool.mkdir(parents=True)
    (spool / "1.unreadable").write_text("?")
    folio = asks_to_be_forgotten(termed, "c-caida")
    number = accept(termed, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    Talk(termed, "c-caida").works()
    close_chats(termed, utc_now())
    with at(datetime.now(UTC) + timedelta(days=5 * 366)):
        confirm(termed, members["administrator"], number, is_confirmed=True)
    with termed.sessions() as session:
        erasure = session.get_one(Erasure, number)
        assert (erasure.state, erasure.steps) == ("suppressing", {})
        assert erasure.key is not None
    (spool / "1.unreadable").unlink()
    assert suppress(termed, number)
    for name in STEPS:  # each is harmless when it is done again
        STEPS[name](termed, number)
    with termed.sessions() as session:
        assert session.get_one(Erasure, number).state == "suppressed"
        assert session.scalars(select(CommittedWords)).all() == []
    assert DROPPED


def test_who_came_again_has_it_cancelled_again(office: Office, members: dict[str, Member]) -> None:
    for _ in range(2):
        folio = asks_to_be_forgotten(office, "c-dos-veces")
        accept(office, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
        Talk(office, "c-dos-veces").works()
        assert close_chats(office, utc_now()) == 1
    with office.sessions() as session:
        addresses = session.scalars(select(Alias.address).order_by(Alias.id)).all()
    assert [address.split(":")[0] for address in addresses] == ["gone", "sealed"]


def test_what_nobody_has_read_yet_is_not_lost_where_no_chat_is_left(office: Office, members: dict[str, Member]) -> None:
    folio = asks_to_be_forgotten(office, "c-sin-leer")
    with office.sessions.begin() as session:
        chat = session.get_one(Conversation, get_petition(session, folio).conversation_id)
        event = session.scalars(select(InboundEvent).where(InboundEvent.conversation_id == chat.id)).first()
        assert event is not None
        event.state = "pending"
    silent = replace(office, channels={})
    said = Acceptance(folio, "lo pidió", is_confirmed=True)
    with pytest.raises(FormRefused, match="unread"):
        accept(silent, members["administrator"], said)
    accept(office, members["administrator"], said)


def test_reports_of_a_message_are_taken_and_no_others(office: Office, members: dict[str, Member]) -> None:
    folio = asks_to_be_forgotten(office, "c-informes")
    now = utc_now()
    with office.sessions.begin() as session:
        chat = get_petition(session, folio).conversation_id
        reply = session.scalars(select(Reply).where(Reply.conversation_id == chat)).first()
        assert reply is not None
        reply.external_id = "SM_1"
        own = {"channel": reply.channel, "kind": "status", "received_at": now, "state": "processed", "body": b"x"}
        ids = ("SM_1:delivered:", "SM_1:read:", "SM_10:read:", "SMx1:read:")
        session.add_all([InboundEvent(provider_id=one, **own) for one in ids])
    accept(office, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    with office.sessions() as session:
        wanted = select(InboundEvent.provider_id, InboundEvent.body).where(InboundEvent.provider_id.in_(ids))
        bodies = {row[0]: row[1] for row in session.execute(wanted)}
    assert bodies == {ids[0]: b"", ids[1]: b"", ids[2]: b"x", ids[3]: b"x"}


def test_each_petitions_own_series_counts_and_a_file_that_is_held_stays(
    termed: Office, members: dict[str, Member]
) -> None:
    longer = replace(termed.jurisdiction.records.series["SERIE-B"], active_years=4, resting_years=6)
    records = termed.jurisdiction.records
    records = replace(records, series={**records.series, "SERIE-B": longer})
    office = replace(termed, jurisdiction=replace(termed.jurisdiction, records=records))
    folio = asks_to_be_forgotten(office, "c-serie")
    with office.sessions() as session:
        citizen = get_petition(session, folio).citizen_id
        first = session.scalars(
            select(Petition.folio).where(Petition.citizen_id == citizen, Petition.folio != folio)
        ).one()
    put_in_series(office, members["officer"], first, Filing("SERIE-B", "", is_held=True, held_reason="un juicio"))
    number = accept(office, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    with office.sessions() as session:
        view = listing.get_erasure(session, office, number)
    assert (view.kept_until or TODAY).year == datetime.now(UTC).year + 10
    assert view.held == (first,)
    with at(datetime.now(UTC) + timedelta(days=11 * 366)):
        close_chats(office, utc_now())
        with pytest.raises(FormRefused, match="file_held"):
            confirm(office, members["administrator"], number, is_confirmed=True)
        put_in_series(office, members["officer"], first, Filing("SERIE-B"))
        with office.sessions() as session:
            assert [one.folio for one in listing.list_ready(session, office)] == [folio]


def test_the_oldest_are_ready_first_however_many_came_since(
    termed: Office, members: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "SHOWN_AT_MOST", 1)
    folios = [asks_to_be_forgotten(termed, f"c-{number}") for number in range(2)]
    for folio in folios:
        accept(termed, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    with at(datetime.now(UTC) + timedelta(days=5 * 366)):
        close_chats(termed, utc_now())
        with termed.sessions() as session:
            assert [one.folio for one in listing.list_erasures(session, termed)] == [folios[1]]
            assert [one.folio for one in listing.list_ready(session, termed)] == [folios[0]]


def test_a_file_that_came_after_the_blocking_goes_too(
    termed: Office, members: dict[str, Member], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folio = asks_to_be_forgotten(termed, "c-tarde")
    number = accept(termed, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    Talk(termed, "c-tarde").works()
    close_chats(termed, utc_now())
    late = stored(termed, tmp_path, b"late", "late")
    with termed.sessions.begin() as session:
        petition = get_petition(session, folio)
        message = session.scalars(select(Message).where(Message.petition_id == petition.id)).first()
        assert message is not None
        said: dict[str, Any] = {"channel": "console", "kind": "voice", "external_id": "x", "unique_id": "x"}
        kept = said | {"state": "stored", "next_attempt_at": utc_now(), "storage_key": late}
        session.add(Attachment(message_id=message.id, petition_id=petition.id, **kept))
    with at(datetime.now(UTC) + timedelta(days=5 * 366)):
        confirm(termed, members["administrator"], number, is_confirmed=True)
    assert not termed.files.holds(late)


def test_what_an_agency_was_writing_or_its_head_approved_about_the_request_ends_with_it(
    office: Office, members: dict[str, Member]
) -> None:
    folio, now, staff = asks_to_be_forgotten(office, "c-turnada"), utc_now(), members["administrator"].id
    with office.sessions.begin() as session:
        matter = list_matters(get_petition(session, folio))[0]
        row = Referral(matter_id=matter.id, agency="SOAPA", kind="canalizacion", state="issued", issued_by=staff)
        row.issued_at = now
        session.add(row)
        session.flush()
        own = {"referral_id": row.id, "staff_id": staff, "text": "x"}
        session.add_all([AnswerDraft(saved_at=now, **own), Approval(put_at=now, leaves_at=now, **own)])
    accept(office, members["administrator"], Acceptance(folio, "lo pidió", is_confirmed=True))
    assert send_approved(office, utc_now()) == 0
    with office.sessions() as session:
        approval = session.scalars(select(Approval)).one()
        assert (approval.outcome, approval.leaves_at) == ("overtaken", None)
        assert session.scalars(select(AnswerDraft)).all() == []


def test_a_wish_that_was_told_twice_is_granted_once(office: Office, members: dict[str, Member]) -> None:
    asks_to_be_forgotten(office, "c-dos")
    talk = Talk(office, "c-dos")
    first, second = [row.folio for row in talk.petitions()]
    with office.sessions.begin() as session:  # both ask for the same
        row = get_petition(session, first)
        row.data_right, row.status = "cancellation", Status.RECIBIDA.value
        list_matters(row)[0].status = Status.RECIBIDA.value
    accept(office, members["administrator"], Acceptance(second, "lo pidió", is_confirmed=True))
    with office.sessions() as session:
        assert [get_petition(session, one).status for one in (first, second)] == [Status.CONCLUIDA.value] * 2
