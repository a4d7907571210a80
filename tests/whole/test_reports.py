"""Delivery reports in every order, twice, early, of unknown words (RELIABILITY, case 19): the highest one stands."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from intake.tables.outgoing import Reply
from tests.whole.evidence import reading_rows, settle
from tests.whole.ledger import Ledger
from tests.whole.program import Program
from tests.whole.providers import Providers

STATUSES = ("queued", "sent", "delivered", "read", "sent", "delivered", "teleported")
CITIZENS = 12


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", ["postgresql", pytest.param("sqlite", marks=pytest.mark.faults)], indirect=True
)
def test_shuffled_and_parallel_reports_leave_every_reply_read(
    installation: tuple[Program, Providers], ledger: Ledger
) -> None:
    program, providers = installation
    program.start()
    providers.orders_fault(provider="twilio", method="Messages.create", do="hang_after", seconds=1, times=3)
    providers.orders_fault(provider="twilio", method="status", do="drop_before", times=1000)  # the test reports itself
    for number in range(CITIZENS):
        providers.writes("whatsapp", f"vecina-{number}", "hola")
    settle(program, providers)
    reports = [(sid, status) for sid in _sent(program) for status in STATUSES]
    random.Random(19).shuffle(reports)
    with ThreadPoolExecutor(8) as pool:
        answered = set(pool.map(lambda report: providers.reports(*report), reports))
    settle(program, providers)
    ledger.holds(program, providers, faults=len(reports))
    program.stop()
    assert answered == {200}
    with reading_rows(program) as session:
        assert set(session.scalars(select(Reply.delivery))) == {"read"}


def _sent(program: Program) -> list[str]:
    with reading_rows(program) as session:
        return [sid for sid in session.scalars(select(Reply.external_id)) if sid]
