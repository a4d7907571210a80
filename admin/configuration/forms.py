"""What the forms of sentences, agencies, lines and topics send, and what of it a version holds. Kept and published
alike."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from admin.portal.answers import tidy
from intake.configuration.drafts import REASON_MAX, Written
from intake.configuration.sentences import SENTENCE_MAX
from intake.jurisdiction import Line

Text = Annotated[str, Field(max_length=1200)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class SentenceForm(BaseModel):
    texto: Annotated[str, Field(max_length=SENTENCE_MAX)] = ""
    pendiente: bool = False
    motivo: Annotated[str, Field(max_length=REASON_MAX)] = ""
    vigente: Number = 0

    def written(self) -> Written:
        value = {"text": tidy(self.texto), "confirmed": not self.pendiente}
        return Written(value, tidy(self.motivo), self.vigente)


class AgencyForm(BaseModel):
    nombre: Text = ""
    siglas: Text = ""
    orden: Text = ""
    contacto: Text = ""
    abierta: bool = False
    motivo: Text = ""
    vigente: Number = 0

    def written(self) -> Written:
        value = {
            "name": one_line(self.nombre),
            "acronym": one_line(self.siglas),
            "order": self.orden,
            "contact": tidy(self.contacto),
            "is_open": self.abierta,
        }
        return Written(value, tidy(self.motivo), self.vigente)


class LineForm(BaseModel):
    numero: Text = ""
    nombre: Text = ""
    fuente: Text = ""
    confirmada: bool = False
    motivo: Text = ""
    vigente: Number = 0

    def written(self, line: Line) -> Written:
        """The day on which somebody called it stays."""
        value = {
            "number": one_line(self.numero),
            "name": one_line(self.nombre),
            "source": one_line(self.fuente),
            "confirmed": self.confirmada,
            "checked_on": line.checked_on.isoformat(),
        }
        return Written(value, tidy(self.motivo), self.vigente)


class TopicForm(BaseModel):
    """`probar`: what it would do is shown and nothing changed."""

    nombre: Text = ""
    palabras: Text = ""
    dependencias: Annotated[list[str], Field(max_length=200)] = []
    solo: bool = False
    abierto: bool = False
    confirmado: bool = False
    probar: bool = False
    motivo: Text = ""
    vigente: Number = 0

    def written(self) -> Written:
        value: dict[str, Any] = {
            "name": one_line(self.nombre),
            "agencies": sorted(self.dependencias),
            "only": self.solo,
            "words": one_line(self.palabras),
            "is_open": self.abierto,
            "confirmed": self.confirmado,
        }
        return Written(value, tidy(self.motivo), self.vigente)


def one_line(text: str) -> str:
    return " ".join(tidy(text).split())
