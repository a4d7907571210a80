"""`canaliza evaluate`: the mind against its targets, against what others use, and how it learns; table, JSON, card."""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Lines

from canaliza.classify import open_reader
from canaliza.learning import check_agencies, taught
from canaliza.model_card import write_card
from intake.jurisdiction import read_jurisdiction
from intake.settings import Settings
from nlp.baselines import learn_baselines
from nlp.corpus import Example, read_corpus, read_examples, split_corpus
from nlp.evaluation import PLACED, Mind, Opinion, Outcome, by_group, examine, garble, list_mistakes, measure
from nlp.reader import Reader
from nlp.reading import PRESSING

PROMISED = 0.95
MISTAKES = 30
UNSAID = {"id": "", "voice": "unsaid", "author": "unsaid"}  # in a file of somebody else's
CURVE = (200, 1000, 5000)
# Measure, target, whether more is better, in the order of the table.
TARGETS: tuple[tuple[str, str, float | None, bool], ...] = (
    ("agency_top1", "agency, acceptable first suggestion", 0.88, True),
    ("agency_top3", "agency, best label among three", 0.96, True),
    ("agency_macro_f1", "agency, macro-F1", 0.82, True),
    ("agency_ece", "agency, calibration error", 0.03, False),
    ("alone", "canalized alone by its thresholds", 0.60, True),
    ("alone_precision", "… and right", PROMISED, True),
    ("alone_at_best", "could be alone at 95 %, surest first", 0.60, True),
    ("asked", "asked whose it is", None, False),
    ("agency_top1_asked", "first suggestion, once the question is answered", None, True),
    ("noise_loss", "first suggestions lost to chat noise", 0.03, False),
    ("emergency_recall", "emergencies found", 0.99, True),
    ("emergency_false_alarms", "false alarms", 0.05, False),
    ("urgency_recall", "what cannot wait: found", None, True),
    ("urgency_precision", "… and rightly", None, True),
    ("matters_found", "several matters in one text: seen", None, True),
    ("matters_invented", "… where there is one", None, False),
    ("kind_macro_f1", "kinds of message, macro-F1", 0.92, True),
    ("kind_accuracy", "kinds of message, right", None, True),
)


@dataclass(frozen=True)
class Wish:
    """`file`: labelled JSON Lines for the model in place, instead of the corpus's own split."""

    file: Path | None = None
    has_baselines: bool = False
    has_curve: bool = False
    json_to: Path | None = None
    card_to: Path | None = None
    seed: int = 7


def evaluate(settings: Settings, wish: Wish, out: Console) -> None:
    """Print the table; write JSON and card where wished. Raises CorpusError, SettingsError, OSError."""
    report = _of_file(settings, wish.file) if wish.file else _of_split(settings, wish, out)
    _print(report, out)
    if wish.json_to:
        wish.json_to.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if wish.card_to:
        write_card(wish.card_to, report, TARGETS)


def _of_file(settings: Settings, path: Path) -> dict[str, Any]:
    examples = read_examples(path, UNSAID)
    check_agencies(examples, read_jurisdiction(settings.jurisdiction_dir))
    reader = open_reader(settings)
    return _report(mind_of(reader), examples, reader.model_version)


def _of_split(settings: Settings, wish: Wish, out: Console) -> dict[str, Any]:
    """By a model that learns from the other authors here and now: never by the one in place, which knows them all."""
    folder = settings.jurisdiction_dir
    known, unseen = split_corpus(read_corpus(folder / "corpus"), folder / "corpus")
    reader = taught(settings, known, wish.seed, out)
    report = _report(mind_of(reader), unseen, reader.model_version)
    report["data"] = {"learnt": _describe(known), "tested": _describe(unseen)}
    if wish.has_baselines:
        with out.status("Learning the baselines"):
            minds = learn_baselines(known, seed=wish.seed)
        noisy = garble(unseen)
        report["baselines"] = {
            name: measure(examine(mind, unseen), examine(mind, noisy), PROMISED) for name, mind in minds.items()
        }
    if wish.has_curve:
        report["curve"] = _curve(settings, known, unseen, wish.seed, out)
    return report


def mind_of(reader: Reader) -> Mind:
    def say(text: str) -> Opinion:
        reading = reader.read(text)
        ranking = tuple((s.agency, s.probability) for s in reading.suggestions[:5])
        question = reader.find_question(reading.question, [agency for agency, _ in ranking])
        separates = tuple(question.choices.values()) if question else ()
        return Opinion(
            reading.kind.value,
            reading.emergency is not None,
            ranking,
            reading.is_sure,
            separates,
            reading.urgency >= PRESSING,
            max(1, len(reader.split_matters(text))),
        )

    return say


def _report(mind: Mind, examples: Sequence[Example], version: str | None) -> dict[str, Any]:
    clean = examine(mind, examples)
    noisy = examine(mind, garble(examples))
    return {
        "model": version,
        "measures": measure(clean, noisy, PROMISED),
        "agencies": by_group(clean, lambda outcome: outcome.example.agencies[0]),
        "voices": by_group(clean, lambda outcome: outcome.example.voice),
        "mistakes": [_mistake(outcome) for outcome in list_mistakes(clean, MISTAKES)],
    }


def _mistake(outcome: Outcome) -> dict[str, Any]:
    (said, probability), *_ = outcome.opinion.ranking
    return {
        "id": outcome.example.id,
        "text": outcome.example.text,
        "right": list(outcome.example.agencies),
        "said": said,
        "probability": round(probability, 3),
    }


def _curve(
    settings: Settings, known: Sequence[Example], unseen: Sequence[Example], seed: int, out: Console
) -> dict[str, dict[str, float]]:
    """First suggestions by the number of petitions learnt from; whole corpora are drawn in one order, so that each
    step only adds."""
    order = [example for example in known if example.agencies]
    random.Random(seed).shuffle(order)  # noqa: S311 — no secret
    others = [example for example in known if not example.agencies]
    found = {}
    for count in (*[size for size in CURVE if size < len(order)], len(order)):
        share = [*order[:count], *others]
        outcomes = examine(mind_of(taught(settings, share, seed, out)), unseen)
        measures = measure(outcomes, outcomes, PROMISED)
        found[str(count)] = {name: measures[name] for name in ("agency_top1", "agency_top3")}
    return found


def _describe(examples: Iterable[Example]) -> dict[str, int]:
    found = list(examples)
    return {
        "messages": len(found),
        "petitions": sum(bool(e.agencies) and e.emergency is None and e.kind in PLACED for e in found),
        "emergencies": sum(e.emergency is not None for e in found),
        "authors": len({e.author for e in found}),
    }


def _print(report: Mapping[str, Any], out: Console) -> None:
    baselines: Mapping[str, Mapping[str, float]] = report.get("baselines", {})
    lines = Lines("measure", "target", "here", *baselines)
    for name, words, target, is_more in TARGETS:
        sign = "≥" if is_more else "≤"
        wanted = f"{sign} {target:.2f}" if target is not None else ""
        lines.add_row(words, wanted, f"{report['measures'][name]:.3f}", *(f"{b[name]:.3f}" for b in baselines.values()))
    out.print(lines)
    for count, values in report.get("curve", {}).items():
        out.print(f"{count} petitions: first {values['agency_top1']:.3f}, three {values['agency_top3']:.3f}")
