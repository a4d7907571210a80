"""In which words a petition's person is told something: their own language's, where people wrote them, and Spanish."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.texts import Catalogue
from intake.office import Office
from intake.tables.petitions import Interpretation, Petition

APART = "\n\n"


def texts_for(session: Session, office: Office, petition: Petition) -> Catalogue:
    """The office's own, each sentence that people translated into the language that the person named before it.

    The Spanish stays: many who speak a language do not read it, a telephone is a household's, and days and places are
    written in Spanish in both (facts/domain.md §5). A sentence that the office changed since is not translated.
    """
    own = _translated(office, session.get(Interpretation, petition.id))
    texts = office.texts
    both = {key: f"{words}{APART}{texts.sentence(key)}" for key, words in own.items()}
    return texts.with_others(both) if both else texts


def is_told_in_own(office: Office, row: Interpretation | None, keys: Sequence[str]) -> bool:
    """All of those sentences are said in the language that the person named too."""
    return set(keys) <= _translated(office, row).keys()


def _translated(office: Office, row: Interpretation | None) -> dict[str, str]:
    if row is None:
        return {}
    jurisdiction, texts, folder = office.jurisdiction, office.texts, office.wording.own
    found: dict[str, str] = {}
    for key in reversed(jurisdiction.languages.list_keys(row.language, row.town)):
        if translation := jurisdiction.translations.get(key):
            found |= translation.said
    return {key: words for key, words in found.items() if texts.sentence(key) == folder.sentence(key)}
