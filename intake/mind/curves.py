"""How right the first suggestion was, by its probability: per agency, from what people decided. Read only.

For the page «Modelo». Who decides has seen the suggestion and is drawn to it, so the precision is a little flattered.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from intake.mind.decided import newest_decisions
from intake.tables.mind import Decision, Lesson, SuggestionRow
from intake.tables.petitions import Matter, Petition

CASES_AT_MOST = 5000  # the newest decisions; older ones are of another model
CASES_MIN = 20  # of one agency; fewer promise nothing
DOUBT = 1  # a wrong one that may be waiting behind the cases seen, as nlp.calibration counts
POINTS = 40  # of a drawing
LEVELS = (0.5, 0.7, 0.8, 0.9, 0.95)
CONFUSIONS, EXAMPLES = 10, 3


@dataclass(frozen=True)
class Case:
    """A matter's first suggestion, and whose it was by a person."""

    folio: str
    is_reserved: bool
    first: str
    probability: float
    decided: str

    @property
    def is_right(self) -> bool:
        return self.first == self.decided


@dataclass(frozen=True)
class Point:
    """From `probability` upwards: the share of the agency's first suggestions, and how many of those were right."""

    probability: float
    coverage: float
    precision: float


@dataclass(frozen=True)
class Curve:
    """`points`: by falling probability."""

    agency: str
    cases: int
    right: int
    points: tuple[Point, ...]

    def at(self, probability: float) -> Point | None:
        """None: no suggestion was as sure."""
        found = [point for point in self.points if point.probability >= probability]
        return found[-1] if found else None


@dataclass(frozen=True)
class Confusion:
    """`folios`: the newest of them that are not reserved."""

    suggested: str
    decided: str
    count: int
    folios: tuple[str, ...]


def list_cases(session: Session) -> list[Case]:
    """The newest first; without emergencies, which rules decide."""
    rows = session.execute(
        select(Petition.folio, Petition.is_sensitive, SuggestionRow.ranking, Decision.agency)
        .select_from(Decision)
        .join(SuggestionRow, SuggestionRow.id == Decision.suggestion_id)
        .join(Matter, Matter.id == Decision.matter_id)
        .join(Petition, Petition.id == Matter.petition_id)
        .where(Decision.id.in_(newest_decisions()), Petition.emergency.is_(None))
        .order_by(Decision.id.desc())
        .limit(CASES_AT_MOST)
    )
    return [
        Case(folio, is_reserved, str(ranking[0]["agency"]), float(ranking[0]["probability"]), agency)
        for folio, is_reserved, ranking, agency in rows
        if ranking
    ]


def curves_of(cases: Sequence[Case]) -> list[Curve]:
    """Of agencies with enough cases, those with most first."""
    of: dict[str, list[Case]] = defaultdict(list)
    for one in cases:
        of[one.first].append(one)
    enough = [_curve(agency, own) for agency, own in of.items() if len(own) >= CASES_MIN]
    return sorted(enough, key=lambda curve: (-curve.cases, curve.agency))


def threshold_of(curve: Curve, promised: float) -> Point | None:
    """The lowest probability from which upwards the promise was kept, one doubt counted; None: it never was."""
    kept = None
    for point in curve.points:
        count = round(point.coverage * curve.cases)
        if count >= CASES_MIN and round(point.precision * count) / (count + DOUBT) >= promised:
            kept = point
    return kept


def confusions_of(cases: Sequence[Case]) -> list[Confusion]:
    wrong = [one for one in cases if not one.is_right]
    counts = Counter((one.first, one.decided) for one in wrong)
    return [
        Confusion(first, decided, count, _examples(wrong, first, decided))
        for (first, decided), count in counts.most_common(CONFUSIONS)
    ]


def count_since_lesson(session: Session) -> tuple[datetime | None, int, int]:
    """When the mind learnt last, and since then: decisions, and those that were not the first suggestion."""
    since = session.scalar(select(func.max(Lesson.ended_at)).where(Lesson.outcome.in_(("on_trial", "published"))))
    corrected_one = case((func.coalesce(Decision.rank, 0) != 1, 1), else_=0)
    wanted = select(func.count(), func.sum(corrected_one)).where(Decision.id.in_(newest_decisions()))
    if since is not None:
        wanted = wanted.where(Decision.decided_at > since)
    count, corrected = session.execute(wanted).one()
    return since, count or 0, int(corrected or 0)


def drawn(curve: Curve) -> tuple[Point, ...]:
    """At most so many points as a drawing shows, the last one among them."""
    step = max(1, len(curve.points) // POINTS)
    return tuple(dict.fromkeys([*curve.points[::step], *curve.points[-1:]]))


def _curve(agency: str, cases: Sequence[Case]) -> Curve:
    points: list[Point] = []
    right = 0
    ordered = sorted(cases, key=lambda one: -one.probability)
    for count, one in enumerate(ordered, start=1):
        right += one.is_right
        is_last_of_equals = count == len(ordered) or ordered[count].probability < one.probability
        if is_last_of_equals:
            points.append(Point(one.probability, count / len(cases), right / count))
    return Curve(agency, len(cases), right, tuple(points))


def _examples(wrong: Sequence[Case], first: str, decided: str) -> tuple[str, ...]:
    found = (one.folio for one in wrong if (one.first, one.decided) == (first, decided) and not one.is_reserved)
    return tuple(dict.fromkeys(found))[:EXAMPLES]
