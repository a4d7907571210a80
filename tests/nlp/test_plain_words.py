"""What people write most: few words, and the obvious ones. Written apart from the corpus (`plain/`), by one hand.

`dangers.tsv`: kind of danger, text. `calm.txt`: no danger, whatever the words. `petitions.tsv`: who may be suggested
first (commas between several), text.
"""

from pathlib import Path

from nlp.reader import Reader

FOLDER = Path(__file__).parent / "plain"
FALSE_ALARMS, WRONG_FIRST = 0.06, 0.08  # of each list


def _rows(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def test_no_plain_danger_is_missed(reader: Reader) -> None:
    assert [text for _, text in _rows("dangers.tsv") if reader.read(text).emergency is None] == []


def test_calm_words_are_no_alarm(reader: Reader) -> None:
    texts = [text for (text,) in _rows("calm.txt")]
    false = [text for text in texts if reader.read(text).emergency]
    assert len(false) <= FALSE_ALARMS * len(texts), false


def test_a_plain_petition_goes_where_anybody_would_send_it(reader: Reader) -> None:
    rows = _rows("petitions.tsv")
    wrong = [text for agencies, text in rows if reader.read(text).suggestions[0].agency not in agencies.split(",")]
    assert len(wrong) <= WRONG_FIRST * len(rows), wrong
