"""`canaliza train` and `canaliza evaluate`: the model from the corpus, and what it is worth on unseen authors."""

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from spacy.language import Language

from intake.jurisdiction import Jurisdiction, read_jurisdiction
from intake.settings import Settings
from nlp.corpus import Example, read_corpus
from nlp.evaluation import Outcome, cross_examine
from nlp.training import train


def train_model(settings: Settings, target: Path, *, seed: int, out: Console) -> None:
    """Write the trained pipeline to `target`. Raises CorpusError for a corpus that cannot be learnt from."""
    examples = read_corpus(settings.jurisdiction_dir / "corpus")
    jurisdiction = read_jurisdiction(settings.jurisdiction_dir)
    _check_agencies(examples, jurisdiction)
    with out.status("Training") as status:
        language = train(examples, competences(jurisdiction), seed=seed, progress=status.update)
    _put(language, target)
    out.print(f"Model {language.meta['version']}: {language.meta['description']}. In {target}.", highlight=False)


def _put(language: Language, target: Path) -> None:
    """Beside the target first, then by two renames: a crash never leaves half a model there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".model-") as work:
        language.to_disk(Path(work) / "new")
        if target.exists():
            target.replace(Path(work) / "old")
        (Path(work) / "new").replace(target)


def competences(jurisdiction: Jurisdiction) -> dict[str, list[str]]:
    """What each agency's catalogue entry says of itself, as short texts."""
    return {a.key: [*a.competence, f"{a.name} {a.acronym}"] for a in jurisdiction.agencies.values()}


def evaluate_corpus(settings: Settings, *, seed: int) -> None:
    """Print one JSON object: shares of right answers, for all and by voice, on authors outside each training fold."""
    examples = read_corpus(settings.jurisdiction_dir / "corpus")
    outcomes = cross_examine(
        examples, competences(read_jurisdiction(settings.jurisdiction_dir)), settings.jurisdiction_dir, seed=seed
    )
    by_voice: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_voice[outcome.example.voice].append(outcome)
    report = {"all": _shares(outcomes), "voices": {voice: _shares(found) for voice, found in sorted(by_voice.items())}}
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


def _shares(outcomes: Sequence[Outcome]) -> dict[str, object]:
    placed = [o for o in outcomes if o.example.agencies]
    danger = [o for o in outcomes if o.example.emergency]
    calm = [o for o in outcomes if not o.example.emergency]
    return {
        "messages": len(outcomes),
        "kind": _share(o.kind == o.example.kind for o in outcomes),
        "agency_top1": _share(o.ranking[:1] and o.ranking[0] in o.example.agencies for o in placed),
        "agency_top3": _share(any(a in o.example.agencies for a in o.ranking[:3]) for o in placed),
        "emergency_recall": _share(o.emergency is not None for o in danger),
        "emergency_right_kind": _share(o.emergency == o.example.emergency for o in danger),
        "emergency_false_alarms": _share(o.emergency is not None for o in calm),
    }


def _share(hits: Iterable[object]) -> float | None:
    counted = [bool(hit) for hit in hits]
    return round(sum(counted) / len(counted), 4) if counted else None


def _check_agencies(examples: Iterable[Example], jurisdiction: Jurisdiction) -> None:
    for example in examples:
        for agency in example.agencies:
            jurisdiction.get_agency(agency)
