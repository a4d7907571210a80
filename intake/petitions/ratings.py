"""How citizens were attended, by what they answer to one question (`bot/rating_talk`). The dialogue's effects write it,
pages read it. Never commits."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.effects import AskRating, Comment, Rate
from bot.known import Survey
from bot.rating_talk import MARKS
from intake.database import insert_once
from intake.tables.citizens import Rating
from intake.tables.incoming import Message
from intake.tables.petitions import Matter, Petition
from intake.thinking.messages import attach_to_petition


@dataclass(frozen=True)
class RatingView:
    """`mark` None: asked and not answered."""

    mark: str | None
    at: datetime
    comment: str | None


@dataclass(frozen=True)
class Marks:
    """Of one agency. `shares`: each mark with its part of those that answered."""

    asked: int
    answered: int
    shares: Mapping[str, float]


def keep_rating(
    session: Session, petition: Petition, effect: AskRating | Rate | Comment, message: Message | None, now: datetime
) -> bool:
    """False when it was answered before, or never asked."""
    if isinstance(effect, AskRating):
        row = {"petition_id": petition.id, "asked_at": now, "mark": None, "rated_at": None, "comment_id": None}
        insert_once(session, Rating, [row], Rating.petition_id)
        return True
    rating = session.get(Rating, petition.id)
    if rating is None:
        return False
    if isinstance(effect, Rate):
        if rating.mark is not None:
            return False
        rating.mark, rating.rated_at = effect.mark, now
    elif message is not None:
        attach_to_petition(session, message, petition.id)
        rating.comment_id = message.id
    return True


def find_surveys(session: Session, petition_ids: Collection[int]) -> dict[int, Survey]:
    rows = session.execute(select(Rating.petition_id, Rating.mark).where(Rating.petition_id.in_(petition_ids)))
    return {row[0]: Survey.ANSWERED if row[1] else Survey.ASKED for row in rows}


def find_rating(session: Session, petition_id: int) -> RatingView | None:
    """None: never asked."""
    rating = session.get(Rating, petition_id)
    if rating is None:
        return None
    comment = session.get_one(Message, rating.comment_id).text if rating.comment_id else None
    return RatingView(rating.mark, rating.rated_at or rating.asked_at, comment)


def count_marks(session: Session) -> dict[str, Marks]:
    """By the agency that had the matter; a petition with several counts for each of them."""
    rows = session.execute(
        select(Matter.agency, Rating.mark, func.count())
        .join(Matter, Matter.petition_id == Rating.petition_id)
        .where(Matter.agency.is_not(None))
        .group_by(Matter.agency, Rating.mark)
    )
    counts: dict[str, dict[str | None, int]] = {}
    for agency, mark, count in rows:
        counts.setdefault(str(agency), {})[mark] = count
    return {agency: _marks(own) for agency, own in counts.items()}


def _marks(counts: Mapping[str | None, int]) -> Marks:
    answered = sum(counts.get(mark, 0) for mark in MARKS)
    shares = {mark: counts.get(mark, 0) / answered for mark in MARKS} if answered else {}
    return Marks(sum(counts.values()), answered, shares)
