"""One thing that `canaliza doctor` found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`remedy` None: all is well. `is_warning`: worth knowing, nothing is broken."""

    part: str
    found: str
    remedy: str | None = None
    is_warning: bool = False

    @property
    def is_broken(self) -> bool:
        return self.remedy is not None and not self.is_warning

    def says_other_than(self, former: "Finding | None") -> bool:
        """Whether it is news: another figure of something that is well is none."""
        if former is None or self.remedy != former.remedy:
            return True
        return self.remedy is not None and self.found != former.found
