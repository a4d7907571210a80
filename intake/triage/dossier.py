"""One petition, or one referral, with all that a page about it shows. Read only, but for noting sensitive readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import ChannelName
from intake.accounts.staff import OVERSEERS, Member
from intake.acting import DECIDERS
from intake.answers.approvals import ApprovalView, find_newest
from intake.answers.evidence_views import EvidenceView, view_answers_files
from intake.clock import utc_now
from intake.database import reading
from intake.erasing.committed import MARK, read_committed
from intake.errors import NotFound
from intake.jurisdiction import Agency
from intake.office import Office
from intake.outgoing.notified import ANSWER, key_of
from intake.outgoing.reaching import find_chat
from intake.outgoing.window import Way, way_of
from intake.petitions.case import find_place, get_petition, list_matters
from intake.petitions.contingencies import DamageView, find_damage
from intake.petitions.history import find_break, list_entries
from intake.petitions.incidents import AlikeView, list_members, list_proposals
from intake.petitions.inquiries import ASKED, is_datum, list_inquiries, reply_of
from intake.petitions.interpretations import InterpretationView, find_interpretation
from intake.petitions.joined import find_lead
from intake.petitions.parting import KEPT_WHOLE
from intake.petitions.parts import Part, propose_parts
from intake.petitions.ratings import RatingView, find_rating
from intake.petitions.states import MOVES, NEEDS_TRIAGE, OPEN_REFERRALS, Status
from intake.tables.accounts import Staff
from intake.tables.answers import Answer
from intake.tables.citizens import Citizen, Conversation
from intake.tables.incoming import Attachment
from intake.tables.mind import SuggestionRow
from intake.tables.outgoing import Reply
from intake.tables.petitions import HistoryEntry, Inquiry, Matter, Petition, Referral
from intake.terms.recounting import DUE_RECOUNTED, days_of_petition
from intake.terms.steps import days_left
from intake.thinking.facts import shorten
from intake.thinking.suggestions import find_suggestion
from intake.triage.alarms import AlarmView, find_alarm, may_mark
from intake.triage.capturing import CaptureView, find_capture
from intake.triage.extending import ExtensionView, find_extended_date, find_extension
from intake.triage.hints import find_hints
from intake.triage.proposals import Hint, Piece, Proposal, pieces_of, proposal_of
from intake.triage.referrals import note_read
from intake.triage.speech import Delivery, Utterance, delivery_of, list_speech
from intake.triage.tasks import is_to_be_told
from intake.triage.together import Together, open_together
from intake.triage.veil import LOOKED, Veil, check_file, veil_of
from nlp.reading import Municipality

UNDONE = "undone"  # a referral that was taken back before it left: the agency never had it


@dataclass(frozen=True)
class MatterView:
    """`told`: the words by which the citizen settled whose it is. `parts`: several matters that it may tell of."""

    id: int
    words: str
    status: Status
    agency: Agency | None
    pieces: tuple[Piece, ...]
    proposal: Proposal | None
    told: str | None
    parts: tuple[Part, ...]
    may_decide: bool
    may_guide: bool


@dataclass(frozen=True)
class AnswerView:
    id: int
    at: datetime
    author: str
    text: str
    delivery: Delivery | None
    files: tuple[EvidenceView, ...]


@dataclass(frozen=True)
class InquiryView:
    """What the agency asked the citizen. `came_at` None: it waits for the answer still."""

    at: datetime
    author: str
    text: str
    delivery: Delivery | None
    came_at: datetime | None


@dataclass(frozen=True)
class ReferralView:
    """`may_accept`, `may_answer`, `may_ask`: the lifecycle allows it now. `datum`: asked, came, or nothing asked.
    `approval`: an answer that waits for the agency's head, or that came back from there."""

    id: int
    agency: Agency | None
    agency_key: str
    is_outside: bool
    state: str
    issued_at: datetime
    accepted_at: datetime | None
    returned_at: datetime | None
    return_reason: str | None
    return_agency: Agency | None
    answers: tuple[AnswerView, ...]
    datum: str | None
    inquiries: tuple[InquiryView, ...]
    may_accept: bool
    may_answer: bool
    may_ask: bool
    approval: ApprovalView | None


@dataclass(frozen=True)
class HistoryLine:
    """`actor`: citizen, machine, or a member's name. `agency`: the entry is about it; `reason`: why they looked."""

    number: int
    at: datetime
    actor: str
    name: str
    agency: str | None
    reason: str | None
    was_due_on: date | None


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


def days_left_of(office: Office, petition: Petition) -> int:
    """By the calendar that holds for the petition; negative when its last day is past."""
    return days_left(today_at(office), petition.due_on, days_of_petition(office, petition))


def today_at(office: Office) -> date:
    return utc_now().astimezone(office.jurisdiction.zone).date()


def flags_of(petition: Petition) -> tuple[str, ...]:
    """Names of the catalogue's `flag.<name>`, gravest first."""
    status = Status(petition.status)
    flags = {
        "emergency": petition.emergency is not None,
        "urgent": petition.is_urgent and petition.emergency is None,
        "sensitive": petition.is_sensitive,
        "person": petition.wants_person,
        "interpreter": petition.needs_interpreter,
        "contingency": petition.contingency_id is not None,
        "minor": petition.is_minor,
        "anonymous": petition.is_anonymous,
        "rights": petition.data_right is not None,
        "blocked": petition.is_blocked,
        "paused": petition.paused_left is not None,
        "returned": status == Status.DEVUELTA,
        "reopened": status == Status.REABIERTA,
    }
    return tuple(name for name, is_set in flags.items() if is_set)


def _dossier(session: Session, office: Office, petition: Petition, member: Member, scope: Referral | None) -> Dossier:
    """`scope`: the one referral that a liaison sees the petition through; None for the office's own staff."""
    status = Status(petition.status)
    conversation = session.get_one(Conversation, petition.conversation_id)
    chat = find_chat(session, petition)
    matters, entries = list_matters(petition), list_entries(session, petition.id)
    is_ours, is_hidden = scope is None, scope is not None and scope.state == "returned"
    is_whole = any(entry.name == KEPT_WHOLE for entry in entries)
    place = find_place(office, petition)
    has_degrees = petition.latitude is not None and petition.longitude is not None
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
        degrees=(petition.latitude or 0.0, petition.longitude or 0.0) if has_degrees and not is_hidden else None,
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
            _matter(session, office, matter, place, veil, is_hidden=is_hidden, may_part=not is_whole)
            for matter in matters
        ),
        referrals=tuple(_referrals(session, office, matters, scope)),
        speech=tuple(speech),
        members=list_members(session, office, petition) if is_ours else (),
        proposals=list_proposals(session, office, petition) if is_ours else (),
        damage=find_damage(petition) if is_ours else None,
        interpretation=find_interpretation(session, office, petition, utc_now()) if not is_hidden else None,
        together=Together(None, (), may_join=False) if is_hidden else open_together(session, office, petition, member),
        alarm=find_alarm(session, petition) if is_ours else None,
        may_mark=is_ours and may_mark(petition),
        capture=capture if is_ours else None,
        history=tuple(_history(session, office, entries)) if is_ours else (),
        broken_at=find_break(entries) if is_ours else None,
    )


def _matter(
    session: Session,
    office: Office,
    matter: Matter,
    place: Municipality | None,
    veil: Veil,
    *,
    is_hidden: bool,
    may_part: bool,
) -> MatterView:
    text = veil.text(matter.text)
    status, row = Status(matter.status), find_suggestion(session, matter.id)
    may_decide = status in NEEDS_TRIAGE
    hint = find_hints(session, office.jurisdiction, [matter]).get(matter.id)
    return MatterView(
        id=matter.id,
        words="" if is_hidden else shorten(text),
        status=status,
        agency=office.jurisdiction.find_agency(matter.agency),
        pieces=() if is_hidden else _pieces(office, matter, text, row, hint),
        proposal=proposal_of(office.jurisdiction, row, hint) if row else None,
        told=None if is_hidden else matter.told_words,
        parts=_parts(office, matter, place, veil) if may_part and may_decide and not is_hidden else (),
        may_decide=may_decide,
        may_guide=Status.ORIENTADA in MOVES[status],
    )


def _pieces(
    office: Office, matter: Matter, text: str, row: SuggestionRow | None, hint: Hint | None
) -> tuple[Piece, ...]:
    """Where something is covered the reasons are not marked: they count letters of the whole text."""
    return pieces_of(office.jurisdiction, text, row, hint) if text == matter.text else (Piece(text),)


def _parts(office: Office, matter: Matter, place: Municipality | None, veil: Veil) -> tuple[Part, ...]:
    return tuple(replace(part, text=veil.text(part.text)) for part in propose_parts(office, matter.text, place))


def _referrals(
    session: Session, office: Office, matters: Sequence[Matter], scope: Referral | None
) -> Sequence[ReferralView]:
    by_id = {matter.id: matter for matter in matters}
    rows = select(Referral).where(Referral.matter_id.in_(by_id)).order_by(Referral.id.desc())
    if scope is not None:
        rows = rows.where(Referral.id == scope.id)
    return [_referral(session, office, row, by_id[row.matter_id]) for row in session.scalars(rows)]


def _referral(session: Session, office: Office, row: Referral, matter: Matter) -> ReferralView:
    status = Status(matter.status)
    wanted = select(Answer, Staff.name).join(Staff, Staff.id == Answer.staff_id).where(Answer.referral_id == row.id)
    answers = session.execute(wanted.order_by(Answer.id)).all()
    is_open = row.state in OPEN_REFERRALS and Status.RESPONDIDA in MOVES[status]
    return ReferralView(
        id=row.id,
        agency=office.jurisdiction.find_agency(row.agency),
        agency_key=row.agency,
        is_outside=row.kind == "remision",
        state=row.state,
        issued_at=row.issued_at,
        accepted_at=row.accepted_at,
        returned_at=row.returned_at,
        return_reason=row.return_reason,
        return_agency=office.jurisdiction.find_agency(row.return_agency),
        answers=tuple(_answer(session, answer, author, matter.petition_id) for answer, author in answers),
        datum=row.datum if is_open else None,
        inquiries=tuple(_inquiry(session, inquiry) for inquiry in list_inquiries(session, row.id)),
        may_accept=row.state == "issued" and Status.ACEPTADA in MOVES[status],
        may_answer=is_open,
        may_ask=is_open and row.datum != ASKED,
        approval=find_newest(session, row),
    )


def _answer(session: Session, answer: Answer, author: str, petition_id: int) -> AnswerView:
    files = view_answers_files(session, answer, petition_id)
    return AnswerView(answer.id, answer.created_at, author, answer.text, _delivery(session, answer), files)


def _inquiry(session: Session, row: Inquiry) -> InquiryView:
    reply = reply_of(session, row)
    author = session.get_one(Staff, row.staff_id).name
    return InquiryView(row.asked_at, author, row.text, delivery_of(reply) if reply else None, row.came_at)


def _delivery(session: Session, answer: Answer) -> Delivery | None:
    """Of the answer's first message; None while it is reserved and not read out."""
    own = select(Reply).where(Reply.key.startswith(f"{key_of(answer.id)}-"), Reply.purpose == ANSWER)
    reply = session.scalars(own.order_by(Reply.id).limit(1)).first()
    return delivery_of(reply) if reply else None


def _history(session: Session, office: Office, entries: Sequence[HistoryEntry]) -> Sequence[HistoryLine]:
    ids = {int(e.actor.removeprefix("staff:")) for e in entries if e.actor.startswith("staff:")}
    names = {f"staff:{row.id}": row.name for row in session.scalars(select(Staff).where(Staff.id.in_(ids)))}
    words = read_committed(session, (e.data.get("reason") for e in entries))
    return [
        HistoryLine(
            e.number,
            e.happened_at,
            names.get(e.actor, e.actor),
            e.name,
            _agency_of(office, e),
            _reason(e, words),
            date.fromisoformat(e.data["was_due_on"]) if e.name == DUE_RECOUNTED else None,
        )
        for e in entries
    ]


def _reason(entry: HistoryEntry, words: Mapping[str, str]) -> str | None:
    """What was written; None where nothing was, or where it is gone."""
    said = entry.data.get("reason") if entry.name in (LOOKED, DUE_RECOUNTED, "data_blocked") else None
    return words.get(said) if said and said.startswith(MARK) else said


def _agency_of(office: Office, entry: HistoryEntry) -> str | None:
    agency = office.jurisdiction.find_agency(entry.data.get("agency"))
    return agency.name if agency else None


def find_referral(session: Session, member: Member, referral_id: int) -> tuple[Petition, Referral]:
    """Raises NotFound, also where the member is a liaison and it is another agency's or was taken back."""
    wanted = (
        select(Petition, Referral)
        .join(Matter, Matter.petition_id == Petition.id)
        .join(Referral, Referral.matter_id == Matter.id)
        .where(Referral.id == referral_id)
    )
    if member.role not in OVERSEERS:
        wanted = wanted.where(Referral.agency == member.agency, Referral.state != UNDONE)
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
