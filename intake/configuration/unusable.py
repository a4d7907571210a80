"""Why a value of the configuration cannot stand, with a name for which the staff's catalogue has a sentence."""


class Unusable(ValueError):
    """`wrong`: the sentence's name; `what`: the words in question. The text is the program's, for an import."""

    def __init__(self, wrong: str, what: str) -> None:
        super().__init__(what)
        self.wrong, self.what = wrong, what
