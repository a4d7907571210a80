"""What the office does in a written conversation, through the same functions as its pages."""

from datetime import datetime

from sqlalchemy import select

from canaliza.replay.script import ScriptError, Turn, Verb
from intake.accounts.staff import Member
from intake.clock import utc_now
from intake.meetings.kinds import Kind
from intake.meetings.planning import Plan, plan_meeting
from intake.office import Office
from intake.petitions.case import get_petition, list_matters
from intake.petitions.contingencies import Draft, call_off, declare
from intake.petitions.interpretations import Step, move
from intake.petitions.states import NEEDS_TRIAGE, OPEN_REFERRALS, Status
from intake.tables.incoming import Attachment, Transcription
from intake.tables.petitions import Interpretation, Matter, Petition, Referral
from intake.thinking.declared import find_current
from intake.thinking.needs import Stage
from intake.triage.asking import ask
from intake.triage.extending import extend
from intake.triage.joining import join, part
from intake.triage.referrals import Choice, accept, answer, decide, dismiss, give_back, guide
from intake.triage.takeovers import enter, leave, write
from intake.triage.transcriptions import HEARD, transcribe


def act(office: Office, officer: Member, turn: Turn, folio: str, lead: str = "") -> None:
    """`lead`: the folio that it joins. Raises ScriptError when the petition is not where that could be done."""
    match turn.verb:
        case Verb.REFERS:
            decide(office, officer, folio, _choice(office, folio, turn.value))
        case Verb.ACCEPTS:
            accept(office, officer, _referral(office, folio))
        case Verb.GIVES_BACK:
            give_back(office, officer, _referral(office, folio), turn.value)
        case Verb.ASKS:
            ask(office, officer, _referral(office, folio), turn.value)
        case Verb.EXTENDS:
            extend(office, officer, _referral(office, folio), turn.value)
        case Verb.ANSWERS:
            answer(office, officer, _referral(office, folio), turn.value)
        case Verb.GUIDES:
            guide(office, officer, folio, turn.value, _version(office, folio))
        case Verb.DISMISSES:
            dismiss(office, officer, folio, _version(office, folio))
        case Verb.JOINS:
            join(office, officer, folio, lead, _version(office, folio))
        case Verb.PARTS:
            part(office, officer, folio)
        case Verb.ENTERS:
            enter(office, officer, folio, instead_of=0)
        case Verb.WRITES:
            write(office, officer, folio, turn.value, slip=str(turn.number))
        case Verb.LEAVES:
            leave(office, officer, folio)
        case Verb.TRANSCRIBES:
            transcribe(office, officer, folio, _voice_note(office, folio), turn.value, after=0)
        case Verb.DECLARES:
            _declare(office, officer, turn.value)
        case Verb.CALLS_OFF:
            _call_off(office, officer)
        case Verb.MEETS:
            plan_meeting(office, officer, Plan(Kind.INFORMATIVE, turn.value, utc_now(), "El salón de prueba"))
        case Verb.INTERPRETER:
            move(office, officer, folio, _interpreter_step(office, folio, turn.value))


def _declare(office: Office, officer: Member, notice: str) -> None:
    """The notice as of now, by an office of civil protection that nobody has to look up."""
    declare(office, officer, Draft("Contingencia de prueba", notice, "Protección Civil", utc_now()))


def _call_off(office: Office, officer: Member) -> None:
    with office.sessions() as session:
        current = find_current(session, utc_now())
    if current is None:
        raise ScriptError("no contingency is on: write «declares» before")
    call_off(office, officer, current.id)


def _choice(office: Office, folio: str, agency: str) -> Choice:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        waiting = [m for m in list_matters(petition) if Status(m.status) in NEEDS_TRIAGE]
        if not waiting:
            raise ScriptError(f"{folio} does not wait for a decision, it is {petition.status}")
        if office.jurisdiction.find_agency(agency) is None:
            raise ScriptError(f"no agency «{agency}»: `canaliza agencies` lists them")
        return Choice(waiting[0].id, agency, petition.version)


def _referral(office: Office, folio: str) -> int:
    """The newest one that is open."""
    open_ones = select(Referral.id).join(Matter, Matter.id == Referral.matter_id).join(Petition)
    wanted = open_ones.where(Petition.folio == folio, Referral.state.in_(OPEN_REFERRALS)).order_by(Referral.id.desc())
    with office.sessions() as session:
        found = session.scalars(wanted).first()
    if found is None:
        raise ScriptError(f"{folio} is with no agency: write «refers» before")
    return found


def _voice_note(office: Office, folio: str) -> int:
    """The newest one that nobody has written down."""
    written = select(Transcription.id).where(Transcription.attachment_id == Attachment.id)
    notes = select(Attachment.id).join(Petition, Petition.id == Attachment.petition_id)
    wanted = notes.where(Petition.folio == folio, Attachment.kind.in_(HEARD), ~written.exists())
    with office.sessions() as session:
        found = session.scalars(wanted.order_by(Attachment.id.desc())).first()
    if found is None:
        raise ScriptError(f"{folio} has no voice note that is still to be written down")
    return found


def _interpreter_step(office: Office, folio: str, value: str) -> Step:
    """«assigned», «done», or «appointment 2026-11-30 10:00 por videollamada»."""
    wanted, _, rest = value.partition(" ")
    with office.sessions() as session:
        row = session.get(Interpretation, get_petition(session, folio).id)
    if row is None or wanted not in {stage.value for stage in Stage}:
        raise ScriptError(f"{folio} needs no interpreter, or «{wanted}» is none of {', '.join(Stage)}")
    day, _, place = rest.partition(" ")
    hour, _, place = place.partition(" ")
    zone = office.jurisdiction.zone
    meets_at = datetime.fromisoformat(f"{day} {hour}").replace(tzinfo=zone) if day else None
    return Step(Stage(row.state), Stage(wanted), "Intérprete", meets_at, place)


def _version(office: Office, folio: str) -> int:
    with office.sessions() as session:
        return get_petition(session, folio).version
