"""Figures whose rows stand in a register and are no petitions: studies, analyses, proposals, watched programmes.

Read with the ledger; keys say the register and the row's number, so that none is taken for a petition.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from intake.indicators.measures import Figure, Key
from intake.indicators.period import Period
from intake.tables.studies import Programme, ProgrammeRisk, Study

STUDY, PROGRAMME = "estudio", "programa"
OF_STUDIES = {"studies_delivered": "study", "analyses_done": "analysis", "proposals_made": "proposal"}


def read_registers(session: Session, period: Period) -> Mapping[str, Figure]:
    """By the measure's name."""
    found = {measure: _delivered(session, kind, period) for measure, kind in OF_STUDIES.items()}
    return {**found, "programmes_at_risk": _at_risk(session, period)}


def name_rows(session: Session, keys: frozenset[Key]) -> Sequence[str]:
    """What rows of registers are called, by name; those that are no more are left out."""
    ids: dict[str, list[int]] = {STUDY: [], PROGRAMME: []}
    for key in keys:
        register, _, number = str(key).partition(":")
        if register in ids:
            ids[register].append(int(number))
    titles = session.scalars(select(Study.title).where(Study.id.in_(ids[STUDY])))
    names = session.scalars(select(Programme.name).where(Programme.id.in_(ids[PROGRAMME])))
    return sorted([*titles, *names])


def _delivered(session: Session, kind: str, period: Period) -> Figure:
    """Delivered in the period, whenever they were planned for / planned for it and not cancelled."""
    own = Study.kind == kind
    delivered = Study.state == "delivered", _in(Study.delivered_on, period)
    planned = Study.state != "cancelled", _in(Study.planned_on, period)
    return Figure(
        _keys(STUDY, session.scalars(select(Study.id).where(own, *delivered)).all()),
        _keys(STUDY, session.scalars(select(Study.id).where(own, *planned)).all()),
    )


def _at_risk(session: Session, period: Period) -> Figure:
    """High by the newest grade up to the period's end / watched on any day of it."""
    watched = Programme.since <= period.last, or_(Programme.until.is_(None), Programme.until >= period.first)
    ids = set(session.scalars(select(Programme.id).where(*watched)))
    grades = select(ProgrammeRisk.programme_id, ProgrammeRisk.risk).where(ProgrammeRisk.assessed_on <= period.last)
    newest: dict[int, str] = {}
    for programme, risk in session.execute(grades.order_by(ProgrammeRisk.assessed_on, ProgrammeRisk.id)):
        newest[programme] = risk
    return Figure(_keys(PROGRAMME, [one for one in ids if newest.get(one) == "high"]), _keys(PROGRAMME, list(ids)))


def _in(day: Any, period: Period) -> ColumnElement[bool]:
    return and_(day >= period.first, day <= period.last)


def _keys(register: str, ids: Sequence[int]) -> frozenset[Key]:
    return frozenset(f"{register}:{number}" for number in ids)
