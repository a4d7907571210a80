"""One petition, or one referral, with all that a page about it shows. Read only, but for noting sensitive reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.accounts.staff import OVERSEERS, Member
from intake.acting import DECIDERS
from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.outgoing.notified import ANSWER
from intake.outgoing.reaching import find_chat
from intake.outgoing.window import Way, way_of
from intake.petitions.case import find_place, get_petition, list_matters
from intake.petitions.contingencies import DamageView, find_damage
from intake.petitions.history import find_break, list_entries
from intake.petitions.incidents import AlikeView, list_members, list_proposals
from intake.petitions.inquiries import is_datum
from intake.petitions.interpretations import InterpretationView, find_interpretation
from intake.petitions.joined import find_lead
from intake.petitions.parting import KEPT_WHOLE
from intake.petitions.ratings import RatingView, find_rating
from intake.petitions.states import MOVES, NEEDS_TRIAGE, Status
from intake.tables.citizens import Citizen, Conversation
from intake.tables.incoming import Attachment
from intake.tables.petitions import Matter, Petition, Referral
from intake.triage.alarms import AlarmView, find_alarm, may_mark
from intake.triage.capturing import CaptureView, find_capture
from intake.triage.extending import ExtensionView, find_extended_date, find_extension
from intake.triage.history_lines import HistoryLine, view_history
from intake.triage.lists import has_left
from intake.triage.marks import days_left_of, flags_of
from intake.triage.matter_views import MatterView, view_matter
from intake.triage.referral_views import UNDONE, ReferralView, view_referrals
from intake.triage.referrals import note_read
from intake.triage.speech import Delivery, Utterance, list_speech
from intake.triage.surroundings import Surroundings, look_around
from intake.triage.tasks import is_to_be_told
from intake.triage.together import Together, open_together
from intake.triage.veil import check_file, veil_of
from nlp.reading import Municipality


@dataclass(frozen=True)
class Dossier:
    """`could_be_due_on`: with the one extension, None when there is none to be had. `contact` is masked.

    `citizen`, `contact` None: not to be known (`veil`). `may_look`: something is covered that a reason opens.
    `members`, `proposals`: petitions of the same event; `together`: those answered as one. `alarm`: an officer's mark
    as an emergency. `capture`: no chat brought it. `phone` is whole only when an answer did not arrive and the
    person must be called. `way`, `ask_way`: how an answer or a question would leave now.
    """

    folio: str
    version: int
    status: Status
    opened_at: datetime
    due_on: date
    days_left: int
    extension: ExtensionView | None
    could_be_due_on: date | None
    is_open: bool
    flags: tuple[str, ...]
    emergency: str | None
    is_sensitive: bool
    place: Municipality | None
    place_text: str | None
    degrees: tuple[float, float] | None
    around: Surroundings | None
    channel: str
    citizen: str | None
    contact: str | None
    phone: str | None
    may_look: bool
    way: Way
    ask_way: Way
    closing_reason: str | None
    rating: RatingView | None
    may_dismiss: bool
    matters: tuple[MatterView, ...]
    referrals: tuple[ReferralView, ...]
    speech: tuple[Utterance, ...]
    members: tuple[AlikeView, ...]
    proposals: tuple[AlikeView, ...]
    interpretation: InterpretationView | None
    damage: DamageView | None
    together: Together
    alarm: AlarmView | None
    may_mark: bool
    capture: CaptureView | None
    history: tuple[HistoryLine, ...]
    broken_at: int | None


def open_dossier(office: Office, member: Member, folio: str) -> Dossier:
    """All of one petition, for the office's own staff. Raises NotFound. Commits a note when the matter is sensitive."""
    if member.role not in OVERSEERS:
        raise NotFound(f"no petition {folio}")
    with reading(office.sessions) as session:
        is_sensitive = get_petition(session, folio).is_sensitive
    if is_sensitive:
        note_read(office, member, folio)
    with reading(office.sessions) as session:
        return _dossier(session, office, get_petition(session, folio), member, None)


def open_referral(office: Office, member: Member, referral_id: int) -> tuple[ReferralView, Dossier]:
    """One referral with its petition: a liaison sees the petition's own messages, nothing of the rest of the chat, and
    of a referral that was given back no message at all. Raises NotFound for another agency's referral."""
    with reading(office.sessions) as session:
        petition, referral = find_referral(session, member, referral_id)
    if petition.is_sensitive:
        note_read(office, member, petition.folio)
    with reading(office.sessions) as session:
        petition, referral = find_referral(session, member, referral_id)
        scope = referral if member.is_agencys else None
        dossier = _dossier(session, office, petition, member, scope)
    return next(view for view in dossier.referrals if view.id == referral_id), dossier


def find_file(office: Office, member: Member, attachment_id: int) -> Attachment:
    """A stored file that the member may have. Raises NotFound: not stored, or of a petition that is not theirs."""
    with reading(office.sessions) as session:
        row = session.get(Attachment, attachment_id)
        if row is None or row.state != "stored" or row.storage_key is None:
            raise NotFound(f"no file {attachment_id}")
        if member.role in OVERSEERS or _is_with_agency(session, member, row.petition_id):
            check_file(session, row, member, is_asked_for=is_datum(session, row.petition_id, row.message_id))
            return row
    raise NotFound(f"no file {attachment_id}")


def _dossier(session: Session, office: Office, petition: Petition, member: Member, scope: Referral | None) -> Dossier:
    """`scope`: the one referral that a liaison sees the petition through; None for the office's own staff."""
    status = Status(petition.status)
    conversation = session.get_one(Conversation, petition.conversation_id)
    chat = find_chat(session, petition)
    matters, entries = list_matters(petition), list_entries(session, petition.id)
    is_ours, is_hidden = scope is None, scope is not None and scope.state == "returned"
    is_whole = any(entry.name == KEPT_WHOLE for entry in entries)
    place = find_place(office, petition)
    has_degrees = petition.latitude is not None and petition.longitude is not None and not is_hidden
    degrees = (petition.latitude or 0.0, petition.longitude or 0.0) if has_degrees else None
    veil = veil_of(session, petition, member)
    speech = [] if is_hidden else list_speech(session, petition, veil, with_rest_of_chat=is_ours)
    is_known = is_ours and not veil.hides_writer and not petition.is_blocked
    capture = find_capture(session, petition)
    return Dossier(
        folio=petition.folio,
        version=petition.version,
        status=status,
        opened_at=petition.opened_at,
        due_on=petition.due_on,
        days_left=days_left_of(office, petition),
        extension=find_extension(session, office, petition),
        could_be_due_on=find_extended_date(session, office, petition),
        is_open=status in NEEDS_TRIAGE or Status.RESPONDIDA in MOVES[status],
        flags=flags_of(petition),
        emergency=petition.emergency,
        is_sensitive=petition.is_sensitive,
        place=place,
        place_text=None if is_hidden else petition.place_text and veil.text(petition.place_text),
        degrees=degrees,
        around=look_around(office.reader.list_municipalities(), degrees, petition.municipality) if degrees else None,
        channel=conversation.channel,
        citizen=session.get_one(Citizen, petition.citizen_id).name if is_known else None,
        contact=_masked((capture.phone or "") if capture else conversation.address) if is_known else None,
        phone=None if veil.hides_writer else _phone(session, petition, conversation, speech, capture),
        may_look=member.role in DECIDERS and not veil.is_open and (veil.hides or any(u.is_covered for u in speech)),
        way=way_of(session, office, chat, ANSWER, utc_now()),
        ask_way=way_of(session, office, chat, "notice.asked", utc_now()),
        closing_reason=petition.closing_reason,
        rating=find_rating(session, petition.id) if is_ours else None,
        may_dismiss=any(Status.NO_PETICION in MOVES[Status(matter.status)] for matter in matters),
        matters=tuple(
            view_matter(session, office, matter, place, veil, is_hidden=is_hidden, may_part=not is_whole)
            for matter in matters
        ),
        referrals=tuple(view_referrals(session, office, matters, scope)),
        speech=tuple(speech),
        members=list_members(session, office, petition) if is_ours else (),
        proposals=list_proposals(session, office, petition) if is_ours else (),
        damage=find_damage(petition) if is_ours else None,
        interpretation=find_interpretation(session, office, petition, utc_now()) if not is_hidden else None,
        together=Together(None, (), may_join=False) if is_hidden else open_together(session, office, petition, member),
        alarm=find_alarm(session, petition) if is_ours else None,
        may_mark=is_ours and may_mark(petition),
        capture=capture if is_ours else None,
        history=tuple(view_history(session, office, entries)) if is_ours else (),
        broken_at=find_break(entries) if is_ours else None,
    )


def find_referral(session: Session, member: Member, referral_id: int) -> tuple[Petition, Referral]:
    """Raises NotFound, also where the member is a liaison and it is another agency's, was taken back or may be yet."""
    wanted = (
        select(Petition, Referral)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.id == referral_id)
    )
    if member.role not in OVERSEERS:
        wanted = wanted.where(Referral.agency == member.agency, Referral.state != UNDONE, has_left())
    found = session.execute(wanted).first()
    if found is None:
        raise NotFound(f"no referral {referral_id}")
    return found[0], found[1]


def _is_with_agency(session: Session, member: Member, petition_id: int | None) -> bool:
    """It, or the petition that is answered for it, was sent to the member's agency, which has not given it back."""
    petition = session.get(Petition, petition_id or 0)
    lead = find_lead(session, petition) if petition else None
    wanted = (
        select(Referral.id)
        .join(Matter, Matter.id == Referral.matter_id)
        .where(
            Matter.petition_id == (lead.id if lead else petition_id),
            Referral.agency == member.agency,
            Referral.state.not_in(("returned", UNDONE)),
            has_left(),
        )
    )
    return member.agency is not None and session.scalars(wanted.limit(1)).first() is not None


def _masked(address: str) -> str:
    """The last four characters are enough to recognise a number that one has beside the screen."""
    return f"•••• {address[-4:]}" if address else "—"


def _phone(
    session: Session,
    petition: Petition,
    conversation: Conversation,
    speech: Sequence[Utterance],
    capture: CaptureView | None,
) -> str | None:
    """Whole when somebody has to be called: the answer failed, or it is a task to tell it another way.

    Not when somebody else has that telephone.
    """
    if conversation.state.get("is_unsafe"):
        return None
    if capture:
        return capture.phone if is_to_be_told(session, petition) else None
    failed = any(item.delivery == Delivery.FAILED and item.purpose == ANSWER for item in speech)
    if conversation.channel != ChannelName.WHATSAPP or not (failed or is_to_be_told(session, petition)):
        return None
    return conversation.address.removeprefix("whatsapp:")
