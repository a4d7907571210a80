"""An event is kept once, whatever the number of copies, one after the other or at the same time."""

import asyncio
import threading
from pathlib import Path

from sqlalchemy import func, select

from intake.incoming.receive import Receiver, store
from intake.incoming.spool import Spool
from intake.office import Office
from intake.tables.incoming import InboundEvent
from tests.talk import Talk


def _events(office: Office) -> int:
    with office.sessions() as session:
        return session.scalar(select(func.count()).select_from(InboundEvent)) or 0


def test_a_second_copy_is_not_new(talk: Talk) -> None:
    assert talk.sends("hola", id="1") == [True]
    assert talk.sends("hola", id="1") == [False]


def test_equal_arrivals_of_one_batch_are_kept_once(office: Office, talk: Talk) -> None:
    arrivals = [talk.arrival("hola", id="1") for _ in range(5)]
    assert store(office.sessions, arrivals) == [True, False, False, False, False]
    assert _events(office) == 1


def test_five_parallel_copies_give_one_folio_and_one_set_of_replies(office: Office, talk: Talk) -> None:
    arrivals = [talk.arrival("no hay luz en mi casa desde ayer", id="1") for _ in range(5)]
    fresh: list[bool] = []
    threads = [threading.Thread(target=lambda a=a: fresh.extend(store(office.sessions, [a]))) for a in arrivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    talk.works()
    assert sorted(fresh) == [False, False, False, False, True]
    assert len(talk.petitions()) == 1
    assert len(talk.replies()) == 3


def test_the_receiver_answers_each_arrival_of_a_gathered_commit(office: Office, talk: Talk, tmp_path: Path) -> None:
    async def keep_all() -> list[bool]:
        receiver = Receiver(office.sessions, office.wake, Spool(tmp_path / "spool"))
        found = [talk.arrival("hola", id=str(number % 7)) for number in range(21)]
        return await asyncio.gather(*(receiver.keep(a.channel, a.kind, a.key, a.request) for a in found))

    assert asyncio.run(keep_all()).count(True) == 7
    assert _events(office) == 7
