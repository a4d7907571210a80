"""The boards' counts by day: equal to SQL of their own and to a recount, corrected when something changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from intake.alerts.counting import catch_up
from intake.boards.chance import interval
from intake.boards.keeping import recount, refresh, runs
from intake.boards.rows import list_behind
from intake.boards.sums import Counted, read_counted
from intake.boards.tally import FIGURES, FUNNEL, Facts, add_case
from intake.indicators.ledger import read_ledger
from intake.indicators.measures import Case, Subject, Turn
from intake.indicators.period import get_period
from intake.office import Office
from intake.petitions.states import Status
from intake.tables.boards import CountedDay, DayCount
from intake.tables.citizens import Rating
from intake.tables.outgoing import Reply
from intake.tables.petitions import Petition
from intake.triage.referrals import accept
from tests.intake.test_indicators import Life, lived_march

MARCH, TODAY = get_period("2027-03"), date(2027, 4, 8)
NOW = datetime(2027, 4, 8, 16, tzinfo=UTC)
# Each once more, by statements that share nothing with the program's: of all rows, for all of them are of March.
COUNTED = "p.status NOT IN ('NO_PETICION', 'ACUMULADA') AND p.emergency IS NULL AND p.data_right IS NULL"
NEWEST = "SELECT max(n.id) FROM referrals n WHERE n.matter_id = r.matter_id AND n.state <> 'undone'"
DECIDED = "SELECT d.matter_id FROM decisions d WHERE d.undone_at IS NULL"
OF_MATTERS = "matters m JOIN petitions p ON p.id = m.petition_id"
FROM = {
    "received": f"petitions p WHERE {COUNTED}",
    "agency.issued": "referrals WHERE state <> 'undone'",
    "agency.returned": "referrals WHERE state = 'returned'",
    "agency.replied": "referrals WHERE answered_at IS NOT NULL AND state <> 'undone'",
    "town.received": f"petitions p WHERE {COUNTED}",
    "sent": "replies WHERE sending_at IS NOT NULL",
    "hops": f"{OF_MATTERS} JOIN referrals r ON r.matter_id = m.id AND r.id = ({NEWEST}) WHERE {COUNTED}"
    " AND r.state IN ('accepted', 'answered')",
    "suggested": f"{OF_MATTERS} WHERE {COUNTED} AND m.id IN ({DECIDED})",
    "rated": f"ratings r JOIN petitions p ON p.id = r.petition_id WHERE r.mark IS NOT NULL AND {COUNTED}",
}


@pytest.fixture
def life(office: Office) -> Life:
    return lived_march(office)


def counted(office: Office) -> Counted:
    with office.sessions() as session:
        return read_counted(session, office, MARCH, TODAY)


def stored(office: Office) -> dict[tuple[str, date, str], int]:
    with office.sessions() as session:
        return {(row.figure, row.day, row.key): row.count for row in session.scalars(select(DayCount))}


def test_days_are_what_sql_says_what_a_recount_says_and_what_is_counted_while_one_waits(life: Life) -> None:
    office = life.office
    before = counted(office)  # nothing is stored yet: counted now
    assert before.as_of is None
    assert refresh(office, NOW, budget_s=60) == (TODAY - date(2027, 3, 1)).days + 1
    after = counted(office)
    assert after.as_of is not None
    assert (dict(after.sums), dict(after.by_day)) == (dict(before.sums), dict(before.by_day))
    with office.sessions() as session:
        told = {figure: session.scalar(text(f"SELECT count(*) FROM {rows}")) for figure, rows in FROM.items()}  # noqa: S608
    assert {figure: after.total(figure) for figure in FROM} == told
    assert after.total("received") == 7
    assert after.of("hops") == {"1": 3}
    assert after.of("right_agency") == {"0": 3}
    kept = stored(office)
    assert {figure for figure, _, _ in kept} <= set(FIGURES)
    recount(office, NOW)
    assert stored(office) == kept


def test_a_late_change_corrects_its_day(life: Life) -> None:
    office = life.office
    refresh(office, NOW, budget_s=60)
    kept = stored(office)
    life.acts(8, lambda: accept(office, life.member, life.decides("f", 8, "SOAPA")), month=4)
    assert counted(office).sums["taken", ""] == 4  # before the next look: who shows it counts the day anew
    assert stored(office) == kept
    refresh(office, NOW + timedelta(minutes=2), budget_s=0)
    changed = stored(office)
    assert changed["taken", date(2027, 3, 3), ""] == 1
    assert changed["agency.issued", date(2027, 3, 8), "SOAPA"] == 2
    with office.sessions.begin() as session:
        petition = session.scalar(select(func.max(Rating.petition_id))) or 1
        row = session.get(Rating, petition) or Rating(petition_id=petition, asked_at=NOW)
        row.mark, row.rated_at = "good", NOW + timedelta(minutes=3)
        session.add(row)
    refresh(office, NOW + timedelta(minutes=4))
    assert counted(office).of("rated") == {"good": 1}
    kept = stored(office)
    recount(office, NOW + timedelta(minutes=5))
    assert stored(office) == kept


def test_the_rows_behind_a_number_are_those_that_add_to_it(life: Life) -> None:
    office, sums = life.office, counted(life.office).sums
    with office.sessions() as session:
        for addition, count in sums.items():
            if addition[0] == "sent":
                continue  # of messages: below
            found = list_behind(session, office, MARCH, TODAY, addition, 0, 50)
            assert len(found.ids) == count, addition
            assert found.onward is None
        first = list_behind(session, office, MARCH, TODAY, ("received", ""), 0, 5)
        rest = list_behind(session, office, MARCH, TODAY, ("received", ""), first.onward or 0, 5)
        assert (len(first.ids), len(rest.ids), len(first.ids & rest.ids)) == (5, 2, 0)
        assert len(list_behind(session, office, MARCH, TODAY, ("right_agency", "0-2"), 0, 50).ids) == 3


def test_messages_of_a_channel_open_their_petitions_by_what_became_of_them(life: Life) -> None:
    office = life.office
    with office.sessions.begin() as session:
        rows = session.scalars(select(Reply).where(Reply.petition_id.is_not(None)).order_by(Reply.id)).all()
        delivered, failed = rows[:2]
        undelivered = next(one for one in rows if one.petition_id != delivered.petition_id)
        delivered.delivery, failed.state, undelivered.delivery = "read", "failed", "undelivered"
        for row in rows:
            row.channel = row.channel if row in (delivered, failed, undelivered) else "desk"
        wanted = {"delivered": {delivered.petition_id}, "failed": {failed.petition_id, undelivered.petition_id}}
        channel = delivered.channel
    with office.sessions() as session:
        for outcome, petitions in wanted.items():
            behind = list_behind(session, office, MARCH, TODAY, ("sent", f"{channel}:{outcome}"), 0, 50)
            assert behind.ids == petitions, outcome
        assert not list_behind(session, office, MARCH, TODAY, ("sent", "telegram:nada"), 0, 50).ids


def test_a_topic_opens_the_petitions_about_it_of_that_part_of_the_period(life: Life) -> None:
    office = life.office
    catch_up(office, office.jurisdiction.topics, TODAY, anew=True)
    with office.sessions() as session:
        found = list_behind(session, office, MARCH, TODAY, ("topic", "agua"), 0, 50).ids
        first_days = replace(MARCH, last=date(2027, 3, 1))
        early = list_behind(session, office, first_days, TODAY, ("topic", "agua"), 0, 50).ids
        days = {row[0]: row[1] for row in session.execute(select(Petition.id, Petition.opened_at))}
    assert found
    assert early == {one for one in found if days[one].date() <= first_days.last}
    assert early != found


def test_other_rules_have_every_day_counted_again(life: Life) -> None:
    office = life.office
    refresh(office, NOW, budget_s=60)
    with office.sessions.begin() as session:
        session.execute(text("UPDATE count_marks SET rules = 'of before'"))
    assert refresh(office, NOW + timedelta(seconds=5), budget_s=60) >= 38
    with office.sessions() as session:
        assert session.scalar(select(func.count()).select_from(CountedDay)) == 39


def test_an_interval_of_few_is_wide() -> None:
    assert interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Wilson 1927, as R's prop.test(correct=FALSE)
    assert interval(800, 1000) == pytest.approx((0.7741, 0.8237), abs=1e-4)
    assert interval(0, 3)[0] == 0.0


def test_days_that_follow_one_another_are_read_together() -> None:
    days = [date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 2), date(2027, 3, 9)]
    assert runs(days) == [(date(2027, 3, 1), date(2027, 3, 3)), (date(2027, 3, 9), date(2027, 3, 9))]


def test_a_petition_whose_matters_are_not_all_decided_is_not_counted_as_referred(office: Office) -> None:
    turn = Turn(1, 1, 1, "SOAPA", False, "accepted", NOW, NOW, None, TODAY)  # of one of two matters
    parted = Case(Subject(1, Status.CLASIFICADA, False, False), NOW, TODAY, None, None, (False,), (turn,), None, None)
    facts = Facts("telegram", None, False, None, None, None, (), ())

    def stages(case: Case) -> list[str]:
        with office.sessions() as session:
            ledger = read_ledger(session, office, MARCH, TODAY)
        added = add_case(case, facts, ledger, office.matrix.values)
        return [figure for figure, _ in added if figure in FUNNEL]

    assert stages(parted) == ["received"]
    assert stages(replace(parted, classified_at=NOW)) == ["received", "classified", "referred", "taken"]
    assert stages(replace(parted, turns=(), classified_at=NOW, told_at=NOW)) == ["received", "classified", "told"]
