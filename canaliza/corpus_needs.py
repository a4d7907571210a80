"""`canaliza corpus`: what the corpus holds, and what an agency still lacks before the mind can know it."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table as Lines

from intake.jurisdiction import read_jurisdiction
from intake.settings import Settings
from nlp.corpus import Example, read_corpus, split_corpus

PETITIONS_MIN, VOICES, AUTHORS_MIN = 60, 10, 12


def show(settings: Settings, agency: str | None, out: Console) -> None:
    """Print counts. Raises NotFound for an agency that the catalogue does not have, CorpusError."""
    folder = settings.jurisdiction_dir / "corpus"
    examples = read_corpus(folder)
    jurisdiction = read_jurisdiction(settings.jurisdiction_dir)
    if agency:
        _needs(jurisdiction.get_agency(agency).key, examples, out)
        return
    known, unseen = split_corpus(examples, folder)
    for name, part in (("learnt", known), ("tested", unseen)):
        out.print(f"{name}: {len(part)} messages of {len({e.author for e in part})} authors")
    lines = Lines("agency", "petitions", "authors", "voices")
    for key in sorted(jurisdiction.agencies, key=lambda key: len(_of(key, examples))):
        own = _of(key, examples)
        lines.add_row(key, str(len(own)), str(len({e.author for e in own})), str(len({e.voice for e in own})))
    out.print(lines)


def _needs(key: str, examples: Iterable[Example], out: Console) -> None:
    own = _of(key, examples)
    voices = Counter(example.voice for example in own)
    authors = {example.author for example in own}
    out.print(
        f"{key}: {len(own)} petitions (at least {PETITIONS_MIN}), {len(authors)} authors (at least {AUTHORS_MIN})"
    )
    if len(voices) < VOICES:
        out.print(f"voices so far: {', '.join(sorted(voices)) or 'none'}; wanted are all {VOICES}")
    for voice, count in sorted(voices.items(), key=lambda item: item[1]):
        out.print(f"  {voice}: {count}")
    neighbours = Counter(other for example in own for other in example.agencies if other != key)
    if neighbours:
        shared = ", ".join(f"{other} {count}" for other, count in neighbours.most_common(5))
        out.print(f"shared with {shared}: write pairs that say what decides between them")


def _of(key: str, examples: Iterable[Example]) -> list[Example]:
    return [example for example in examples if key in example.agencies]
