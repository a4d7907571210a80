"""What the office does in a written conversation, through the same functions as its pages."""

from sqlalchemy import select

from canaliza.replay.script import ScriptError, Turn, Verb
from intake.asking import ask
from intake.extending import extend
from intake.joining import join, part
from intake.office import Office
from intake.petitions import get_petition, list_matters
from intake.referrals import Choice, accept, answer, decide, dismiss, give_back, guide
from intake.staff import Member
from intake.states import NEEDS_TRIAGE, OPEN_REFERRALS, Status
from intake.tables import Attachment, Matter, Petition, Referral, Transcription
from intake.takeovers import enter, leave, write
from intake.transcriptions import HEARD, transcribe


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


def _choice(office: Office, folio: str, agency: str) -> Choice:
    with office.sessions() as session:
        petition = get_petition(session, folio)
        waiting = [m for m in list_matters(session, petition) if Status(m.status) in NEEDS_TRIAGE]
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


def _version(office: Office, folio: str) -> int:
    with office.sessions() as session:
        return get_petition(session, folio).version
