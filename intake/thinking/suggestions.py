"""What the machine thinks of a petition: the mind's ranking and the rules' proposal, stored side by side."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from intake.mind import trials
from intake.office import Office
from intake.petitions.case import find_place, list_matters, note
from intake.petitions.likeness import ask_comparison
from intake.petitions.search_texts import keep_words
from intake.petitions.states import NEEDS_TRIAGE, Status
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter, Petition
from intake.thinking.messages import matter_text
from intake.writing import write_new
from nlp.reading import PRESSING, Reading, Suggestion
from routing.decision import MatterFacts, Next, RoutingDecision
from routing.rules import decide

STORED_AT_MOST = 5
# Made once: making a statement takes longer than running it.
NEWEST = (
    select(SuggestionRow)
    .where(SuggestionRow.matter_id == bindparam("matter"))
    .order_by(SuggestionRow.id.desc())
    .limit(1)
)
TOLD = 0.9  # what a citizen answers is believed, but it is no proof: an officer decides


def suggest(session: Session, office: Office, petition: Petition, now: datetime, *, has_all: bool = False) -> None:
    """Read the petition anew, now that it has further words or a place. `has_all`: its only matter holds them already.

    Once an officer has parted its matters each keeps its words: what comes later is read in the conversation.
    """
    matters = list_matters(petition)
    if len(matters) == 1 and not has_all:
        matters[0].text = matter_text(session, petition.id)
    for matter in matters:
        if Status(matter.status) in NEEDS_TRIAGE:
            suggest_matter(session, office, petition, matter, now)


def suggest_matter(
    session: Session, office: Office, petition: Petition, matter: Matter, now: datetime
) -> SuggestionRow:
    """Store what comes out of a matter's text; marks the petition urgent or sensitive, never less so."""
    place = find_place(office, petition)
    reading = _as_told(office.reader.read(matter.text, known_place=place), matter.told)
    decision = decide(office.rules, _matter_facts(office, petition, matter, reading))
    row = _row(matter, reading, decision, now)
    write_new(session, row)
    _mark_urgent(session, petition, reading, now, is_first=decision.next == Next.TRIAGE_FIRST)
    if decision.is_sensitive:
        petition.is_sensitive = True
    trials.record(session, office, matter)
    ask_comparison(session, petition)
    keep_words(session, petition)
    note(session, petition, now, "machine", "suggested", {"suggestion": row.id, "rule": row.rule, "agency": row.agency})
    return row


def _mark_urgent(session: Session, petition: Petition, reading: Reading, now: datetime, *, is_first: bool) -> None:
    if petition.is_urgent:
        return
    if not is_first and reading.urgency < PRESSING:
        return
    petition.is_urgent = True
    if not is_first:
        note(session, petition, now, "machine", "pressing", {"probability": round(reading.urgency, 3)})


def settle_sensitivity(office: Office, petition: Petition, matter: Matter, agency: str | None) -> None:
    """What the rules hold of the matter now that a person has said whose it is, or took that back (None): a wrong
    suggestion's reserve goes. One reserved matter keeps all of its petition reserved, whatever was decided on others.
    """
    agencies = {one.id: one.agency for one in list_matters(petition)} | {matter.id: agency}
    petition.is_sensitive = any(
        _is_sensitive(office, petition, one, agencies[one.id]) for one in list_matters(petition)
    )


def _is_sensitive(office: Office, petition: Petition, matter: Matter, agency: str | None) -> bool:
    """`agency`: whose a person said that it is; None: nobody has yet."""
    reading = office.reader.read(matter.text, known_place=find_place(office, petition))
    facts = _matter_facts(office, petition, matter, _as_told(reading, matter.told))
    if agency:
        facts = replace(facts, ranking=((agency, 1.0),), has_model=True)
    return decide(office.rules, facts).is_sensitive


def is_reserved(office: Office, text: str, agency: str | None, municipality: str | None) -> bool:
    """What the rules hold of words that come with somebody's decision, before there is a row of them."""
    reading = office.reader.read(text, explains=False)
    ranking = ((agency, 1.0),) if agency else tuple((s.agency, s.probability) for s in reading.suggestions)
    emergency = reading.emergency
    facts = MatterFacts(
        text=text,
        kind=reading.kind.value,
        emergency=emergency.kind.value if emergency else None,
        ranking=ranking,
        municipality=municipality,
        has_model=bool(agency) or reading.model_version is not None,
    )
    return decide(office.rules, complete(office, facts)).is_sensitive


def find_suggestion(session: Session, matter_id: int) -> SuggestionRow | None:
    """The newest one."""
    return session.scalars(NEWEST, {"matter": matter_id}).first()


def _as_told(reading: Reading, told: str | None) -> Reading:
    """The person's own answer goes before the machine's ranking, the rest keeps its order."""
    if told is None:
        return reading
    because = next((s.because for s in reading.suggestions if s.agency == told), ())
    others = [replace(s, probability=s.probability * (1 - TOLD)) for s in reading.suggestions if s.agency != told]
    return replace(reading, suggestions=(Suggestion(told, TOLD, because), *others))


def complete(office: Office, facts: MatterFacts) -> MatterFacts:
    """With what follows from agency and municipality: by this, rules see a petition and a rehearsal of rules alike."""
    place = office.reader.find_municipality(facts.municipality) if facts.municipality else None
    return replace(facts, orders=office.rulebook.vocabulary.orders, region=place.region if place else None)


def _matter_facts(office: Office, petition: Petition, matter: Matter, reading: Reading) -> MatterFacts:
    facts = MatterFacts(
        text=matter.text,
        kind=reading.kind.value,
        emergency=petition.emergency,
        ranking=tuple((s.agency, s.probability) for s in reading.suggestions),
        municipality=petition.municipality,
        has_model=reading.model_version is not None,
    )
    return complete(office, facts)


def _as_json(suggestion: Suggestion) -> dict[str, Any]:
    """Field by field: `asdict` copies for as long as the mind thinks."""
    because = [{"start": one.start, "end": one.end, "text": one.text} for one in suggestion.because]
    return {"agency": suggestion.agency, "probability": suggestion.probability, "because": because}


def _row(matter: Matter, reading: Reading, decision: RoutingDecision, now: datetime) -> SuggestionRow:
    return SuggestionRow(
        matter_id=matter.id,
        created_at=now,
        model_version=reading.model_version,
        ranking=[_as_json(suggestion) for suggestion in reading.suggestions[:STORED_AT_MOST]],
        rule=decision.rule,
        reason=decision.reason,
        agency=decision.agency,
        trace=[*decision.tried, {"copies": decision.copies}] if decision.copies else [*decision.tried],
        kind=reading.kind.value,
        rules_version=decision.version,
        is_sure=reading.is_sure,
        question=None if matter.told else reading.question,
    )
