"""The queue's filters as its address says them, so that a view is a link: read, written, and kept under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from admin.pages import Pages
from admin.portal.answers import tidy
from intake.triage.capturing import TOWN_MAX
from intake.triage.lists import Wish
from intake.triage.queue import FLAGS, QUEUES
from intake.triage.searching import CHANNELS

AGES = (1, 3, 7, 14)  # days; the term is ten working days, about fourteen


@dataclass(frozen=True)
class Filters:
    """As written; what is unknown is any. `estado`: a key of QUEUES."""

    estado: str = "triage"
    buscar: str = ""
    dependencia: str = ""
    municipio: str = ""
    marca: str = ""
    canal: str = ""
    dias: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Filters":
        said = {name: tidy(given.get(name, "")) for name in cls.__dataclass_fields__}
        return cls(
            estado=said["estado"] if said["estado"] in QUEUES else "triage",
            buscar=said["buscar"][:100],
            dependencia=said["dependencia"][:24],
            municipio=said["municipio"][:TOWN_MAX],
            marca=said["marca"] if said["marca"] in FLAGS else "",
            canal=said["canal"] if said["canal"] in CHANNELS else "",
            dias=said["dias"] if said["dias"] in map(str, AGES) else "",
        )

    @property
    def query(self) -> str:
        """Of the address, without what is any; empty for the whole queue."""
        said = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in said.items() if value and (name, value) != USUAL})

    def read(self, pages: Pages, after: str) -> tuple[Wish, str | None]:
        """The wish; and the fault of a place that is none or may be several, by which nothing is narrowed then."""
        place = pages.office.reader.read_place(self.municipio, is_answer=True) if self.municipio else None
        clave = place.chosen.clave if place and place.chosen else ""
        days = int(self.dias or 0)
        wish = Wish(self.estado, self.buscar, after, self.dependencia, clave, self.marca, self.canal, days)
        several = "search.town_several" if place and place.candidates else "search.town"
        return wish, several if self.municipio and not clave else None


USUAL = ("estado", "triage")
