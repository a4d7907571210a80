"""Makes a month's public figures once, when its terms are over, and never again; a loop of the workers calls it.

Who asks for them reads these rows: no request of a stranger counts petitions.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.clock import utc_now
from intake.database import insert_once, reading
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import Ledger, answer_known_at, is_counted
from intake.indicators.period import Period, months_between
from intake.indicators.snapshots import is_due
from intake.loops import again_and_again
from intake.office import Office
from intake.tables.open_data import OpenMonth
from intake.tables.petitions import Petition
from intake.transparency.cells import Row, group
from intake.transparency.concealing import conceal
from intake.transparency.terms import load_terms

LOOK_EVERY_S, FIRST_S = 3600.0, 180.0
MONTHS_AT_ONCE = 3  # a look, as the frozen figures
log = structlog.get_logger()


async def keep_publishing(office: Office) -> None:
    """For ever."""

    async def look() -> None:
        await asyncio.to_thread(publish_due, office, utc_now())

    await again_and_again(look, every_s=LOOK_EVERY_S, first_s=FIRST_S, name="transparency.loop")


def publish_due(office: Office, now: datetime) -> Sequence[str]:
    """Publish the months whose figures are old enough to be frozen and that are not there yet, oldest first; their
    names. Commits each."""
    today = now.astimezone(office.jurisdiction.zone).date()
    with reading(office.sessions) as session:
        first = session.scalar(select(func.min(Petition.opened_at, type_=Petition.opened_at.type)))
        done = set(session.scalars(select(OpenMonth.month)))
    if first is None:
        return []
    months = months_between(first.astimezone(office.jurisdiction.zone).date(), today)
    due = [month for month in months if is_due(office.matrix, month, today) and month.first not in done]
    for month in due[:MONTHS_AT_ONCE]:
        _publish(office, month, today, now)
    return [month.name for month in due[:MONTHS_AT_ONCE]]


def _publish(office: Office, month: Period, today: date, now: datetime) -> None:
    k = load_terms(office.jurisdiction.folder).k
    with office.sessions.begin() as session:
        rows = list(_rows(session, office, month, today))
        content = make_content(rows, k, {one.clave: one.region for one in office.reader.list_municipalities()})
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        row = {"month": month.first, "k": k, "content": content, "digest": digest, "made_at": now}
        insert_once(session, OpenMonth, [row], OpenMonth.month)
    log.info("transparency.published", month=month.name, groups=len(content["cells"]))


def make_content(rows: Sequence[Row], k: int, region_of: dict[str, str]) -> dict[str, Any]:
    """`cells` and `agencies`: each with its counts, None where one is not told; `whole`: of the month."""
    cells = group(rows, k, region_of)
    answered, in_time = conceal(cells, k)
    counts = zip(cells, answered.cells, in_time.cells, strict=True)
    return {
        "cells": [asdict(cell) | {"answered": first, "in_time": second} for cell, first, second in counts],
        "agencies": [
            {
                "agency": agency,
                "received": sum(cell.received for cell in cells if cell.agency == agency),
                "answered": answered.agencies[agency],
                "in_time": in_time.agencies[agency],
            }
            for agency in answered.agencies
        ],
        "whole": {
            "received": sum(cell.received for cell in cells),
            "answered": answered.whole,
            "in_time": in_time.whole,
        },
    }


def _rows(session: Session, office: Office, month: Period, today: date) -> Iterator[Row]:
    """A row for each agency that a counted petition was sent to."""
    began, ended = month.bounds(office.jurisdiction.zone)
    within = Petition.opened_at >= began, Petition.opened_at < ended
    people = {row[0]: row[1] for row in session.execute(select(Petition.id, Petition.citizen_id).where(*within))}
    ledger, values = read_ledger(session, office, month, today), office.matrix.values
    for case in ledger.cases:
        if not is_counted(case.subject, values):
            continue
        known_at = answer_known_at(case, values)
        agencies: set[str | None] = {turn.agency for turn in case.turns}
        for agency in agencies or {None}:
            is_in_time = _is_in_time(ledger, known_at, case.due_on)
            yield Row(people[case.id], case.municipality, agency, known_at is not None, is_in_time)


def _is_in_time(ledger: Ledger, known_at: datetime | None, due_on: date) -> bool:
    return known_at is not None and ledger.day(known_at) <= due_on
