"""What stands in braces in a text that is used again and again: filled from the petition, or by hand. Pure."""

import re
from collections.abc import Mapping

BLANK = re.compile(r"\{([^{}\n]{1,60})\}")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Each blank whose name is known is replaced; the others stay as they are, for a person to fill."""
    return BLANK.sub(lambda blank: values.get(blank[1].strip().lower()) or blank[0], text)


def find_blanks(text: str) -> tuple[str, ...]:
    """The names of what is not filled, each once, with its braces."""
    return tuple(dict.fromkeys(blank[0] for blank in BLANK.finditer(text)))
