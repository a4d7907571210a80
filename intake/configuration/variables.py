"""The variables of a sentence, as `{folio}`; which are missing and which nobody fills in. Pure."""

import string
from dataclasses import dataclass
from enum import StrEnum

OPTIONAL = frozenset({"office", "channel", "privacy_url", "series"})  # known everywhere; a sentence may leave them out


class Wrong(StrEnum):
    """What a sentence cannot be published with; the staff's catalogue has a sentence for each."""

    EMPTY = "empty"
    BRACES = "braces"
    MISSING = "missing"
    UNKNOWN = "unknown"
    TOO_LONG = "too_long"
    LONG_SENTENCE = "long_sentence"
    FAMILIAR = "familiar"
    NO_LINE = "no_line"


@dataclass(frozen=True)
class Fault:
    """`what`: the words in question. `count` and `limit`: of characters or words, 0 where nothing is counted."""

    wrong: Wrong
    what: str = ""
    count: int = 0
    limit: int = 0

    def __str__(self) -> str:
        return f"{self.wrong.value} {self.what}".strip()


def variables_of(sentence: str) -> list[str]:
    """Each once, in order. Raises ValueError for braces that do not close, or that hold more than a name."""
    names: list[str] = []
    for _, name, form, conversion in string.Formatter().parse(sentence):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(name)
        names.append(name)
    return list(dict.fromkeys(names))


def find_variable_faults(sentence: str, own: str, always: set[str]) -> list[Fault]:
    """`own`: the folder's sentence, which has all that the program fills in. `always`: what every sentence may use."""
    try:
        found = set(variables_of(sentence))
    except ValueError:
        return [Fault(Wrong.BRACES)]
    known = variables_of(own)
    missing = [Fault(Wrong.MISSING, name) for name in known if name not in found | OPTIONAL]
    return missing + [Fault(Wrong.UNKNOWN, name) for name in sorted(found - set(known) - always)]
