"""What the dialogue may know when a citizen speaks: petitions, folios named, place, the mind's reading."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.burst import ACKNOWLEDGEMENT
from bot.choices import plain
from bot.effects import Say
from bot.known import Contingency, Doubt, Facts, Mention, Patience, PetitionFacts, Told, Understood
from bot.link_talk import speaks_of_channels
from bot.messages import AttachmentKind, Inbound, InboundKind
from bot.state import Awaiting
from intake.carrying.old_folios import find_in_text, list_named
from intake.citizens.links import Here, find_linked_channel, find_opened
from intake.citizens.rights import rights_due_on
from intake.clock import due_date, utc_now
from intake.jurisdiction import Jurisdiction
from intake.meetings.attending_by_chat import find_check_in
from intake.office import Office
from intake.outgoing.reserved import find_reserved
from intake.petitions.case import find_place, get_petition, hold, list_matters
from intake.petitions.folio import FolioMention, find_folios, hide_folios
from intake.petitions.inquiries import find_questions
from intake.petitions.joined import find_lead
from intake.petitions.ratings import find_surveys
from intake.petitions.states import ANSWERED, CLOSED, MOVES, NEEDS_TRIAGE, WITH_AGENCY, Status, citizen_word
from intake.tables.citizens import Conversation
from intake.tables.incoming import Attachment, Message
from intake.tables.outgoing import Reply
from intake.tables.petitions import Matter, Petition
from intake.thinking.languages import may_be_another_tongue
from intake.thinking.messages import petition_text
from intake.thinking.papers import shows_papers
from intake.thinking.sameness import find_alike, find_repeated
from intake.thinking.set_aside import is_of_it, read_apart
from intake.thinking.suggestions import find_suggestion
from intake.thinking.understanding import find_doubt, understand
from nlp.masks import hide_identity
from nlp.reading import MessageKind, Municipality, PlaceReading, Reading

OWN_AT_MOST = 20
MENTIONS_AT_MOST = 5
SUMMARY_MAX = 60
# Made once: making a statement takes longer than running it.
OWN = (
    select(Petition).where(Petition.citizen_id == bindparam("citizen")).order_by(Petition.id.desc()).limit(OWN_AT_MOST)
)
PARDON = re.compile(r"\b(perdon|disculpen?|me equivoque|correccion|quise decir|mejor dicho)\b")


@dataclass(frozen=True)
class Heard:
    """One message with what the mind reads in it. `unsaid`: replies that wait still. `pending_place`: INEGI key of the
    place that was sent ahead. `is_stranger`: the first one of its citizen, of whom there is nothing to look for."""

    inbound: Inbound
    reading: Reading
    place: PlaceReading | None
    pending_place: str | None = None
    unsaid: Sequence[tuple[Reply, Say]] = ()
    is_stranger: bool = False


def build_facts(session: Session, office: Office, conversation: Conversation, heard: Heard) -> Facts:
    """Reads rows only; `new_folio` is free at this moment and is used only if a petition is opened."""
    jurisdiction, now = office.jurisdiction, local_now(office)
    inbound, reading = heard.inbound, heard.reading
    told = understand(office, inbound.text, reading, heard.place)
    petitions = () if heard.is_stranger else tuple(_own_petitions(session, office, conversation, inbound))
    draft = _draft(session, office, heard)
    written = draft.text if draft else inbound.text
    return Facts(
        now=now,
        kind=_kind(jurisdiction, inbound.text, reading),
        is_command=reading.is_command,
        emergency=reading.emergency.kind.value if reading.emergency else None,
        agency=told.agency,
        understood=told.understood,
        several=told.several,
        place=told.place,
        place_options=told.place_options,
        petitions=petitions,
        mentioned=tuple(_mentions(session, office, conversation, heard, petitions)),
        edited_folio=_edited_folio(session, conversation, inbound),
        new_folio=office.folios.take(session, jurisdiction, now),
        due_on=_due_on(session, office, heard, now),
        rights_due_on=rights_due_on(jurisdiction, now) if conversation.state.get("awaiting") == "rights" else date.max,
        doubt=told.doubt,
        patience=Patience(timedelta(seconds=office.settings.quiet_s)),
        unsaid=tuple(say for _, say in heard.unsaid),
        draft=draft,
        quoted=_quoted_folio(session, conversation, inbound),
        asked_about=_asked_about(office, heard, petitions),
        pinned=_pinned(office, heard),
        alike=find_alike(session, office, inbound, reading, petitions),
        repeated=find_repeated(session, inbound, reading, petitions),
        set_aside=read_apart(session, office, conversation, now),
        is_of_it=is_of_it(session, conversation, inbound),
        contingency=_contingency(session, office, now),
        language=jurisdiction.languages.find(written),
        has_identity=hide_identity(written) != written,
        shows_papers=shows_papers(session, conversation, inbound, utc_now()),
        channel=conversation.channel,
        link=find_opened(Here(session, office, conversation, utc_now()), inbound.text),
        check_in=find_check_in(session, office, inbound.text),
        linked_to=find_linked_channel(session, conversation) if speaks_of_channels(inbound.text) else None,
    )


def _due_on(session: Session, office: Office, heard: Heard, now: datetime) -> date:
    """By the calendar of where it is, as far as that is known: terms may stand still there that run elsewhere."""
    jurisdiction = office.jurisdiction
    days = office.calendar.of(_clave(session, heard))
    return due_date(now, jurisdiction.terms_at(now), zone=jurisdiction.zone, closed=days)


def _clave(session: Session, heard: Heard) -> str | None:
    """Of the message at hand, of the pin that came before it, or of the petition that it goes on with."""
    if heard.place and heard.place.chosen:
        return heard.place.chosen.clave
    folio = next((say.folio for _, say in heard.unsaid if say.purpose == ACKNOWLEDGEMENT), None)
    return heard.pending_place or (get_petition(session, folio).municipality if folio else None)


def _contingency(session: Session, office: Office, now: datetime) -> Contingency | None:
    declared = office.contingencies.current(session, now)
    if declared is None:
        return None
    source_at = declared.source_at.astimezone(office.jurisdiction.zone)
    return Contingency(declared.id, declared.notice, declared.source, source_at)


def _kind(jurisdiction: Jurisdiction, text: str, reading: Reading) -> str:
    """What may be another tongue is never rubbish: a person reads it, with a folio."""
    if reading.kind != MessageKind.SPAM or reading.is_command:
        return reading.kind.value
    is_theirs = jurisdiction.languages.find(text) is not None or may_be_another_tongue(text)
    return (MessageKind.PETITION if is_theirs else MessageKind.SPAM).value


def _draft(session: Session, office: Office, heard: Heard) -> Told | None:
    """The petition that was not acknowledged yet, with the message at hand, read as if all had come at once."""
    folio = next((say.folio for _, say in heard.unsaid if say.purpose == ACKNOWLEDGEMENT), None)
    if folio is None:
        return None
    petition = get_petition(session, folio)
    text = petition_text(session, petition.id, further=heard.inbound)
    place = _draft_place(session, office, petition, heard)
    known = place.chosen if place else None
    reading = office.reader.read(hide_folios(text, office.jurisdiction.folio_series), explains=False, known_place=known)
    return Told(
        folio=folio,
        since=petition.opened_at.astimezone(office.jurisdiction.zone),
        due_on=petition.due_on,
        text=text,
        has_voice=_has_voice(session, petition, heard.inbound),
        read=understand(office, text, reading, place or reading.place),
    )


def _draft_place(session: Session, office: Office, petition: Petition, heard: Heard) -> PlaceReading | None:
    """What was said last counts: «perdón, es en …», also where it came before what it corrects."""
    known, place = find_place(office, petition), heard.place
    if place and place.chosen and not (known and _is_corrected(session, office, petition, known)):
        return place
    return PlaceReading((known,), known) if known else place


def _is_corrected(session: Session, office: Office, petition: Petition, known: Municipality) -> bool:
    """Somebody who begs pardon for it has named that place."""
    texts = session.scalars(select(Message.text).where(Message.petition_id == petition.id))
    corrections = (office.reader.read_place(text) for text in texts if PARDON.search(plain(text)))
    return any(place is not None and place.chosen == known for place in corrections)


def _has_voice(session: Session, petition: Petition, inbound: Inbound) -> bool:
    if any(attachment.kind == AttachmentKind.VOICE for attachment in inbound.attachments):
        return True
    voice = select(Attachment.id).where(
        Attachment.petition_id == petition.id, Attachment.kind == AttachmentKind.VOICE.value
    )
    return session.scalar(voice.limit(1)) is not None


def local_now(office: Office) -> datetime:
    return utc_now().astimezone(office.jurisdiction.zone)


def petition_facts(
    session: Session, office: Office, petition: Petition, *, is_asked_about: bool = False
) -> PetitionFacts:
    """`is_asked_about`: the open question is about it, so another one may follow; only then is a doubt looked up.
    One that is attended with another one is as far as that one; nothing is added to it as to one in triage."""
    matters = list_matters(petition)
    lead = find_lead(session, petition)
    led = list_matters(lead) if lead else matters
    status = Status(lead.status if lead else petition.status)
    agencies = [agency.name for m in led if (agency := office.jurisdiction.find_agency(m.agency))]
    place = find_place(office, petition)
    return PetitionFacts(
        folio=petition.folio,
        word=citizen_word(status).value,
        opened_at=petition.opened_at.astimezone(office.jurisdiction.zone),
        due_on=min(petition.due_on, lead.due_on) if lead else petition.due_on,
        summary=shorten(hide_identity(" ".join(matter.text for matter in matters))),
        agency="; ".join(dict.fromkeys(agencies)) or None,
        municipality=place.nombre if place else None,
        clave=place.clave if place else None,
        is_open=status not in CLOSED,
        is_in_triage=status in NEEDS_TRIAGE and lead is None,
        is_answered=status in ANSWERED,
        may_reopen=Status.REABIERTA in MOVES[Status(petition.status)],
        is_sensitive=petition.is_sensitive,
        is_anonymous=petition.is_anonymous,
        is_minor=petition.is_minor,
        wants_person=petition.wants_person,
        is_placed=place is not None or petition.place_text is not None,
        doubt=_open_doubt(session, office, matters[0]) if is_asked_about else None,
        follows=lead.folio if lead else None,
    )


def _open_doubt(session: Session, office: Office, matter: Matter) -> Doubt | None:
    """What the newest suggestion would ask; nothing once the person has answered or an officer has decided.

    Without a word (a voice note, a photo) what is suggested is only what is most frequent: nothing to ask about.
    """
    if matter.told or not matter.text or Status(matter.status) not in NEEDS_TRIAGE:
        return None
    suggestion = find_suggestion(session, matter.id)
    if suggestion is None:
        return None
    return find_doubt(office, suggestion.question, [entry["agency"] for entry in suggestion.ranking])


def place_name(office: Office, petition: Petition) -> str | None:
    """The municipality, else what the citizen said of the place."""
    place = find_place(office, petition)
    return place.nombre if place else petition.place_text


def shorten(text: str, limit: int = SUMMARY_MAX) -> str:
    """The beginning of a text on one line, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rsplit(" ", 1)[0] + "…"


def _own_petitions(
    session: Session, office: Office, conversation: Conversation, inbound: Inbound
) -> Sequence[PetitionFacts]:
    petitions = session.scalars(OWN, {"citizen": conversation.citizen_id}).all()
    hold(session, petitions)
    facts = _own_facts(session, office, conversation, petitions, inbound.reply_to)
    if not inbound.button and conversation.state.get("awaiting") != Awaiting.SOLVED.value:
        return facts  # none is about to be concluded
    surveys = find_surveys(session, [petition.id for petition in petitions])
    return [replace(one, survey=surveys.get(row.id)) for one, row in zip(facts, petitions, strict=True)]


def _own_facts(
    session: Session,
    office: Office,
    conversation: Conversation,
    petitions: Sequence[Petition],
    reply_to: str | None = None,
) -> Sequence[PetitionFacts]:
    """With what only its citizen is told: what an agency asks them, an answer that waits until it is safe to read."""
    about = conversation.state.get("folio")
    kept = [p for p in petitions if p.is_sensitive or conversation.state.get("is_unsafe")]
    may_be_reserved = [p.id for p in kept if _is_told_here(session, p, conversation)]
    reserved = find_reserved(session, may_be_reserved) if may_be_reserved else frozenset()
    worked_on = [p for p in petitions if Status(p.status) in WITH_AGENCY]
    questions = find_questions(session, office, worked_on, (conversation.id, reply_to))
    return [
        replace(
            petition_facts(session, office, petition, is_asked_about=petition.folio == about),
            has_reserved=petition.id in reserved,
            question=asked[0] if (asked := questions.get(petition.id, ())) else None,
            waiting=asked[1:],
        )
        for petition in petitions
    ]


def _is_told_here(session: Session, petition: Petition, conversation: Conversation) -> bool:
    """On this channel: what is reserved is not read out in a linked chat."""
    own = petition.conversation_id
    return own == conversation.id or session.get_one(Conversation, own).channel == conversation.channel


def _mentions(
    session: Session, office: Office, conversation: Conversation, heard: Heard, own: Sequence[PetitionFacts]
) -> list[Mention]:
    """`own`: the citizen's petitions that are known already."""
    text = heard.inbound.text
    mentions = [_mention(session, office, conversation, found, own) for found in find_folios(text)[:MENTIONS_AT_MOST]]
    known = [mention for mention in mentions if mention]
    if old := find_in_text(session, text):  # a folio of the register before: everybody else's, so its state alone
        named = [mention for mention in known if mention.petition]
        return [*named, *(Mention(one.folio, petition_facts(session, office, one)) for one in old)]
    if not known and heard.reading.kind == MessageKind.STATUS_QUERY:  # asked for and nowhere: a guess like any other
        return [Mention(written) for written in list_named(text)]
    return known


def _mention(
    session: Session, office: Office, conversation: Conversation, found: FolioMention, known: Sequence[PetitionFacts]
) -> Mention | None:
    """An own petition first. A number or two words that are no folio's are none, unless a whole one was written."""
    wanted = select(Petition).where(Petition.folio_part == found.part)
    if found.year:
        wanted = wanted.where(Petition.folio.contains(f"-{found.year}-"))
    petitions = session.scalars(wanted.order_by(Petition.id.desc()).limit(10)).all()
    own = next((p for p in petitions if p.citizen_id == conversation.citizen_id), None)
    if own:
        facts = next((facts for facts in known if facts.folio == own.folio), None)
        return Mention(own.folio, facts or _own_facts(session, office, conversation, [own])[0], is_own=True)
    if petitions:
        return Mention(petitions[0].folio, petition_facts(session, office, petitions[0]))
    written = f"{office.jurisdiction.folio_series}-{found.year}-{found.part}" if found.year else found.part
    is_meant = found.year is not None or not (found.part.isdigit() or found.is_apart)
    return Mention(written) if is_meant else None


def _quoted_folio(session: Session, conversation: Conversation, inbound: Inbound) -> str | None:
    """Of the message of theirs, or of ours, that this one answers."""
    if not inbound.reply_to:
        return None
    for quoted in (Message, Reply):
        own = quoted.conversation_id == conversation.id, quoted.external_id == inbound.reply_to
        folio = session.scalars(select(Petition.folio).join(quoted, quoted.petition_id == Petition.id).where(*own))
        if found := folio.first():
            return found
    return None


def _asked_about(office: Office, heard: Heard, petitions: Sequence[PetitionFacts]) -> str | None:
    """«¿Qué pasó con lo de la bomba?»: the one petition that shares most of the question's telling words."""
    if heard.reading.kind != MessageKind.STATUS_QUERY or heard.reading.is_command or len(petitions) < 2:
        return None
    asked = set(office.reader.read_traits(heard.inbound.text)[0].split())
    shared = [len(asked & set(office.reader.read_traits(petition.summary)[0].split())) for petition in petitions]
    most = max(shared)
    return petitions[shared.index(most)].folio if most and shared.count(most) == 1 else None


def _pinned(office: Office, heard: Heard) -> Understood | None:
    """Nothing is read anew where the text names a place itself."""
    is_named = heard.place is not None and heard.place.chosen is not None
    place = office.reader.find_municipality(heard.pending_place) if heard.pending_place and not is_named else None
    if place is None:
        return None
    text = hide_folios(heard.inbound.text, office.jurisdiction.folio_series)
    reading = office.reader.read(text, explains=False, known_place=place)
    return understand(office, heard.inbound.text, reading, PlaceReading((place,), place))


def _edited_folio(session: Session, conversation: Conversation, inbound: Inbound) -> str | None:
    if inbound.kind != InboundKind.EDIT:
        return None
    folio = (
        select(Petition.folio)
        .join(Message, Message.petition_id == Petition.id)
        .where(Message.conversation_id == conversation.id, Message.external_id == inbound.external_id)
    )
    return session.scalars(folio.limit(1)).first()
