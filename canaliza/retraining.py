"""`canaliza train --with-decisions`: the mind learns from what people decided, and is tried before it serves.

Two examinees learn the corpus without its test authors: one as the model in service did, one with decisions. Both are
asked about the test authors and about the newest decisions, which neither has learnt. Only then does a candidate learn
everything.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table as Lines
from spacy.language import Language

from canaliza.evaluating import PROMISED, mind_of
from canaliza.learning import check_agencies, learn, taught
from intake.clock import utc_now
from intake.database import reading
from intake.jurisdiction import read_jurisdiction
from intake.mind.decided import Decided, list_decided
from intake.mind.lessons import FEW, ON_TRIAL, WORSE, Refused, lesson, note_step
from intake.mind.trials import PUBLISHED, begin_trial, end, look
from intake.office import Office
from intake.settings import Settings
from intake.tables.mind import Lesson
from nlp.anonymity import drop_rare_words
from nlp.corpus import Example, read_corpus, split_corpus
from nlp.evaluation import examine, measure
from nlp.gate import Exam, Fault, find_faults
from nlp.shelf import find_meta, find_version

DECISIONS_MIN = 200  # below it a month's whims would weigh more than the corpus
STEPS = 4  # the one before, the one after, everything, on trial
MONTH = timedelta(days=30)
NEWEST_SHARE = 0.3  # at most so many decisions are kept for the exam, however young the office is


@dataclass(frozen=True)
class Wish:
    """`shadow`: decided petitions that the candidate is tried on before it serves; 0: it serves at once."""

    seed: int
    shadow: int


@dataclass(frozen=True)
class Material:
    """Decisions without persons: those to learn from, and the newest ones for the exam."""

    older: list[Example]
    newest: list[Example]
    until: datetime


def retrain(office: Office, wish: Wish, out: Console) -> None:
    """Put a candidate on trial, or into service. Raises Busy, Refused, CorpusError, OSError."""
    with lesson(office) as row:
        _retrain(office, wish, out, row)
        row.outcome = ON_TRIAL if wish.shadow else PUBLISHED


def _retrain(office: Office, wish: Wish, out: Console, row: Lesson) -> None:
    settings = office.settings
    folder = settings.jurisdiction_dir / "corpus"
    corpus = read_corpus(folder)
    check_agencies(corpus, read_jurisdiction(settings.jurisdiction_dir))
    material = _material(office, corpus)
    note_step(office, row, 1, STEPS)
    known, frozen = split_corpus(corpus, folder)
    before = _exam(settings, [*known, *_learnt_before(office, material)], frozen, material.newest, wish.seed, out)
    note_step(office, row, 2, STEPS)
    after = _exam(settings, [*known, *material.older], frozen, material.newest, wish.seed, out)
    note_step(office, row, 3, STEPS)
    _print(before, after, out)
    _refuse(find_faults(before, after, PROMISED))
    with out.status("Learning everything") as status:
        everything = [*corpus, *material.older, *material.newest]
        language = learn(settings, everything, seed=wish.seed, progress=status.update)
    note_step(office, row, 4, STEPS)
    figures = {"before": _figures(before), "after": _figures(after)}
    language.meta["decisions"] = {"count": len(material.older) + len(material.newest), "until": _day(material.until)}
    language.meta["performance"] = figures
    _try(office, language, wish, figures, out)


def _material(office: Office, corpus: Sequence[Example]) -> Material:
    with reading(office.sessions) as session:
        decided = list_decided(session, office.jurisdiction, office.settings.secret_key)
    if len(decided) < DECISIONS_MIN:
        figures = {"decided": len(decided), "wanted": DECISIONS_MIN}
        raise Refused(f"{len(decided)} decided petitions; at least {DECISIONS_MIN} are needed", FEW, figures)
    nameless = drop_rare_words([one.example for one in decided], [example.text for example in corpus])
    first = _first_of_newest(decided)
    return Material(nameless[:first], nameless[first:], decided[-1].decided_at)


def _first_of_newest(decided: Sequence[Decided]) -> int:
    """Where the newest month begins, or the newest three tenths when the office is young."""
    month = decided[-1].decided_at - MONTH
    in_month = sum(one.decided_at > month for one in decided)
    return len(decided) - min(in_month, int(len(decided) * NEWEST_SHARE))


def _learnt_before(office: Office, material: Material) -> list[Example]:
    """The decisions that the model in service has learnt, but for the exam's: the exam is fair to both."""
    meta = find_meta(office.minds.shelf.in_place) or {}
    count = int(meta.get("decisions", {}).get("count", 0))
    return material.older[: min(count, len(material.older))]


def _exam(
    settings: Settings,
    known: Sequence[Example],
    frozen: Sequence[Example],
    newest: Sequence[Example],
    seed: int,
    out: Console,
) -> Exam:
    mind = mind_of(taught(settings, known, seed, out))
    return Exam(examine(mind, frozen), examine(mind, newest))


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        told = "; ".join(f"{fault.name} {fault.before:.3f} → {fault.after:.3f}" for fault in faults)
        words = f"not published, nothing was changed: {told}. Look at the newest corrections in triage."
        raise Refused(words, WORSE, {"faults": [asdict(fault) for fault in faults]})


def _figures(exam: Exam) -> dict[str, Any]:
    return {
        name: {key: round(value, 4) for key, value in measure(outcomes, outcomes, PROMISED).items()}
        for name, outcomes in (("frozen", exam.frozen), ("newest", exam.newest))
    }


def _print(before: Exam, after: Exam, out: Console) -> None:
    old, new = _figures(before), _figures(after)
    lines = Lines("set", "messages", "measure", "in service", "with decisions")
    for name, outcomes in (("frozen", after.frozen), ("newest", after.newest)):
        for key in ("agency_top1", "agency_top3", "agency_macro_f1", "alone", "alone_precision"):
            lines.add_row(name, str(len(outcomes)), key, f"{old[name][key]:.3f}", f"{new[name][key]:.3f}")
    out.print(lines)


def _try(office: Office, language: Language, wish: Wish, figures: dict[str, Any], out: Console) -> None:
    """The folder first: an office that looks between finds a candidate without a trial and leaves it alone."""
    shelf = office.minds.shelf
    shelf.put_candidate(language)
    version = str(find_version(shelf.candidate))
    with office.sessions.begin() as session:
        trial = begin_trial(session, version, wish.shadow, figures, utc_now())
        if not wish.shadow:
            end(session, trial, PUBLISHED, utc_now())
    if wish.shadow:
        out.print(f"{version} is on trial beside the model in service for {wish.shadow} decided petitions.")
        return
    look(office)
    out.print(f"{version} is in service. `canaliza model roll-back` puts the one before back.")


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
