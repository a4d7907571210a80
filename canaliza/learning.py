"""`canaliza train`: the model from the jurisdiction's corpus, put in its place at once or not at all."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rich.console import Console
from spacy.language import Language

from intake.jurisdiction import Jurisdiction, read_jurisdiction
from intake.settings import Settings
from nlp.corpus import Example, read_corpus
from nlp.lexicon import load_lexicon
from nlp.reader import Reader, load_knowledge
from nlp.shelf import Shelf
from nlp.training import train


def train_model(settings: Settings, target: Path, *, seed: int, out: Console) -> None:
    """Write the trained pipeline to `target`. Raises CorpusError for a corpus that cannot be learnt from."""
    examples = read_corpus(settings.jurisdiction_dir / "corpus")
    check_agencies(examples, read_jurisdiction(settings.jurisdiction_dir))
    with out.status("Training") as status:
        language = learn(settings, examples, seed=seed, progress=status.update)
    Shelf(target).put_in_place(language)
    out.print(f"Model {language.meta['version']}: {language.meta['description']}. In {target}.", highlight=False)


def learn(
    settings: Settings, examples: Sequence[Example], *, seed: int, progress: Callable[[str], None] = lambda step: None
) -> Language:
    """A pipeline for the jurisdiction from those examples, its lexicon and its catalogue."""
    folder = settings.jurisdiction_dir
    catalogue = competences(read_jurisdiction(folder))
    return train(examples, catalogue, load_lexicon(folder), seed=seed, progress=progress)


def taught(settings: Settings, examples: Sequence[Example], seed: int, out: Console) -> Reader:
    """A reader that has learnt those examples here and now."""
    with out.status(f"Learning {len(examples)} messages") as status:
        language = learn(settings, examples, seed=seed, progress=status.update)
    return Reader(load_knowledge(settings.jurisdiction_dir), language)


def competences(jurisdiction: Jurisdiction) -> dict[str, list[str]]:
    """What each agency's catalogue entry says of itself, as short texts."""
    return {a.key: [*a.competence, f"{a.name} {a.acronym}"] for a in jurisdiction.agencies.values()}


def check_agencies(examples: Iterable[Example], jurisdiction: Jurisdiction) -> None:
    """Raises NotFound for a label that the catalogue does not have."""
    for example in examples:
        for agency in example.agencies:
            jurisdiction.get_agency(agency)
