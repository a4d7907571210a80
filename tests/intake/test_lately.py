"""What is kept in memory of rows: one looks for all, and nobody is told what was before."""

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from intake.lately import Lately

LONG_S = 3600.0


def looks(counted: Iterator[int], kept_s: float = LONG_S) -> Lately[int]:
    return Lately(-1, lambda known: next(counted), kept_s=kept_s)


def test_it_looks_once_until_it_is_told_to_forget() -> None:
    kept = looks(count())
    assert [kept.current, kept.current] == [0, 0]
    kept.forget()
    assert [kept.current, kept.current] == [1, 1]


def test_it_looks_again_when_the_time_is_over() -> None:
    kept = looks(count(), kept_s=-1.0)
    assert [kept.current, kept.current] == [0, 1]


def test_what_fails_reaches_who_asked_and_the_next_question_looks_again() -> None:
    answers = [7, OSError("away"), OSError("away"), 8]

    def look(known: int) -> int:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    kept = Lately(-1, look, kept_s=LONG_S)
    assert kept.current == 7
    kept.forget()
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            assert kept.current
    assert kept.current == 8


def test_nobody_goes_on_with_the_first_while_another_looks() -> None:
    may_answer, asked = threading.Event(), threading.Event()

    def look(known: int) -> int:
        asked.set()
        assert may_answer.wait(30)
        return 5

    kept, found = Lately(-1, look, kept_s=LONG_S), []
    threads = [threading.Thread(target=lambda: found.append(kept.current)) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert asked.wait(30)
    may_answer.set()
    for thread in threads:
        thread.join()
    assert found == [5, 5, 5]


def test_who_waits_for_no_look_goes_on_with_what_was_known_but_not_after_its_own_writing() -> None:
    started, may_answer, values = threading.Event(), threading.Event(), count()

    def look(known: int) -> int:
        found = next(values)
        if found == 1:
            started.set()
            assert may_answer.wait(30)
        return found

    kept = Lately(-1, look, kept_s=LONG_S)
    assert kept.current == 0
    kept.forget()
    looking = threading.Thread(target=lambda: kept.current)
    looking.start()
    assert started.wait(30)
    assert kept.current == 0  # another looks: what was known a moment ago will do
    kept.forget()  # but now this thread has written
    may_answer.set()
    assert kept.current == 2
    looking.join()
