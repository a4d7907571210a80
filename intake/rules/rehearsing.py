"""A rehearsal of rules: what of the latest petitions would be canalized otherwise. Reads only.

Called by the admin. It decides with `routing.rules.decide`, as a suggestion does, from what was stored with each:
the newest suggestion's ranking and the petition's facts of today. No mind is asked, so it takes no longer for a model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.database import reading
from intake.office import Office
from intake.tables.mind import SuggestionRow
from intake.tables.petitions import Matter, Petition
from intake.thinking.suggestions import complete
from nlp.reading import MessageKind
from routing.decision import MatterFacts, RoutingDecision
from routing.rules import Rules, decide


@dataclass(frozen=True)
class Change:
    """One matter that would be canalized otherwise. `decided`: the agency that a person chose, None so far."""

    folio: str
    before: RoutingDecision
    after: RoutingDecision
    decided: str | None


@dataclass(frozen=True)
class RuleCount:
    """Matters that the rule decides, by the rules in force and by the others."""

    rule: str
    before: int
    after: int


@dataclass(frozen=True)
class Rehearsal:
    """`wanted`: petitions that were asked for. `agreed`: matters decided by people to which the proposal was true."""

    wanted: int
    petitions: int
    changed: int
    changes: tuple[Change, ...]
    counts: tuple[RuleCount, ...]
    decided: int
    agreed_before: int
    agreed_after: int


def rehearse(office: Office, before: Rules, after: Rules) -> Rehearsal:
    """Over the latest petitions, as many as the settings say; the newest first."""
    wanted = office.settings.rehearsed_petitions
    with reading(office.sessions) as session:
        rows = _rows(session, wanted)
    decided = [_both(office, before, after, row) for row in rows]
    changes = tuple(one for one in decided if _outcome(one.before) != _outcome(one.after))
    known = [one for one in decided if one.decided is not None]
    return Rehearsal(
        wanted=wanted,
        petitions=len({one.folio for one in decided}),
        changed=len({one.folio for one in changes}),
        changes=changes,
        counts=_counts(before, after, decided),
        decided=len(known),
        agreed_before=sum(one.before.agency == one.decided for one in known),
        agreed_after=sum(one.after.agency == one.decided for one in known),
    )


def _rows(session: Session, wanted: int) -> Sequence[Any]:
    latest = select(Petition.id).order_by(Petition.opened_at.desc(), Petition.id.desc()).limit(wanted).subquery()
    newest = (
        select(func.max(SuggestionRow.id).label("id"))
        .join(Matter, Matter.id == SuggestionRow.matter_id)
        .where(Matter.petition_id.in_(select(latest.c.id)))
        .group_by(SuggestionRow.matter_id)
        .subquery()
    )
    columns = (
        Petition.folio,
        Petition.emergency,
        Petition.municipality,
        Matter.text,
        Matter.agency.label("decided"),
        SuggestionRow.ranking,
        SuggestionRow.kind,
        SuggestionRow.model_version,
    )
    told = (
        select(*columns)
        .join_from(SuggestionRow, newest, newest.c.id == SuggestionRow.id)
        .join(Matter, Matter.id == SuggestionRow.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .order_by(Petition.opened_at.desc(), Petition.id.desc(), Matter.id)
    )
    return session.execute(told).all()


def _both(office: Office, before: Rules, after: Rules, row: Any) -> Change:
    facts = MatterFacts(
        text=row.text,
        kind=row.kind or MessageKind.PETITION.value,  # suggestions of before were of petitions, but for a few
        emergency=row.emergency,
        ranking=tuple((one["agency"], one["probability"]) for one in row.ranking),
        municipality=row.municipality,
        has_model=row.model_version is not None,
    )
    facts = complete(office, facts)
    return Change(row.folio, decide(before, facts), decide(after, facts), row.decided)


def _outcome(decision: RoutingDecision) -> tuple[object, ...]:
    return decision.agency, decision.next, decision.is_sensitive, decision.copies


def _counts(before: Rules, after: Rules, decided: Sequence[Change]) -> tuple[RuleCount, ...]:
    """In the order of the rules that would be, then those that would be no more."""
    was, will = Counter(one.before.rule for one in decided), Counter(one.after.rule for one in decided)
    names = dict.fromkeys([*(rule.id for rule in after.rules), *(rule.id for rule in before.rules)])
    return tuple(RuleCount(name, was[name], will[name]) for name in names)
