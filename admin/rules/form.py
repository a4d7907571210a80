"""The form of one rule: what its fields hold, from a rule and back to one. Nothing typed is lost when it is refused."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field

from admin.portal.answers import tidy
from intake.errors import FormRefused
from intake.office import Office
from intake.terms.calendar_changes import find_towns
from routing.parsing import ID_MAX, REASON_MAX
from routing.rules import UNKNOWN, Rule, listed

ANY, NOBODY = "cualquiera", "persona"  # any emergency; no agency: a person finds it
Several = Annotated[list[str], Field(max_length=600)]
Long = Annotated[str, Field(max_length=20_000)]


class RuleForm(BaseModel):
    """As the page sends it. `antes`: the id of the rule that is changed, empty for a new one."""

    borrador: int = 0
    antes: str = Field("", max_length=ID_MAX)
    clave: str = Field("", max_length=ID_MAX)
    motivo: str = Field("", max_length=REASON_MAX)
    clase: Several = []
    emergencia: Several = []
    sugerida: Several = []
    orden: Several = []
    palabras: Long = ""
    municipios: Long = ""
    sin_municipio: bool = False
    region: Several = []
    menor: str = Field("", max_length=12)
    desde: str = Field("", max_length=12)
    modelo: str = Field("", max_length=4)
    siguiente: str = Field("triage", max_length=20)
    dependencia: str = Field("suggested", max_length=40)
    copias: Several = []
    reservada: bool = False


def form_of(office: Office, rule: Rule) -> RuleForm:
    when, then = rule.when, rule.then
    towns = [key for key in _several(when, "municipality") if key != UNKNOWN]
    return RuleForm(
        antes=rule.id,
        clave=rule.id,
        motivo=rule.reason,
        clase=_several(when, "kind"),
        emergencia=[ANY] if when.get("emergency") is True else _several(when, "emergency"),
        sugerida=_several(when, "agency"),
        orden=_several(when, "order"),
        palabras="\n".join(_several(when, "words")),
        municipios="\n".join(_name_town(office, key) for key in towns),
        sin_municipio=UNKNOWN in _several(when, "municipality"),
        region=_several(when, "region"),
        menor=_percent(when.get("probability_below")),
        desde=_percent(when.get("probability_from")),
        modelo={True: "si", False: "no"}.get(when.get("model", ""), ""),
        siguiente=then.get("next", "triage"),
        dependencia=then.get("agency", NOBODY),
        copias=_several(then, "copies"),
        reservada=bool(then.get("sensitive")),
    )


def rule_of(office: Office, form: RuleForm, *, is_active: bool = True) -> Rule:
    """Raises FormRefused (wrong_towns, bad_percent); what else is wrong with it the reading of the draft says."""
    then: dict[str, Any] = {"next": form.siguiente}
    if form.dependencia != NOBODY:
        then["agency"] = form.dependencia
    if form.copias:
        then["copies"] = tuple(form.copias)
    if form.reservada:
        then["sensitive"] = True
    return Rule(tidy(form.clave), _line(form.motivo), dict(_when(office, form)), then, is_active=is_active)


def _when(office: Office, form: RuleForm) -> Iterator[tuple[str, Any]]:
    towns = [*find_towns(office, _lines(form.municipios)), *([UNKNOWN] if form.sin_municipio else [])]
    pairs: tuple[tuple[str, Sequence[str]], ...] = (
        ("kind", form.clase),
        ("emergency", form.emergencia),
        ("agency", form.sugerida),
        ("order", form.orden),
        ("words", [_line(words) for words in _lines(form.palabras)]),
        ("municipality", towns),
        ("region", form.region),
    )
    for name, values in pairs:
        if ANY in values and name == "emergency":
            yield name, True
        elif values:
            yield name, values[0] if len(values) == 1 else tuple(values)
    for name, typed in (("probability_below", form.menor), ("probability_from", form.desde)):
        if typed.strip():
            yield name, _share(typed)
    if form.modelo in ("si", "no"):
        yield "model", form.modelo == "si"


def _share(typed: str) -> float:
    try:
        value = float(typed.replace(",", ".").rstrip("% "))
    except ValueError:
        value = -1
    if not 0 <= value <= 100:
        raise FormRefused("bad_percent")
    return round(value / 100, 4)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:g}"


def _several(part: Any, name: str) -> list[str]:
    return [str(one) for one in listed(part[name])] if name in part else []


def _name_town(office: Office, key: str) -> str:
    """Its name; the key where two have that name."""
    town = office.reader.find_municipality(key)
    if town is None:
        return key
    try:
        return town.nombre if find_towns(office, [town.nombre]) == (key,) else key
    except FormRefused:
        return key


def _lines(text: str) -> list[str]:
    return [line.strip() for line in tidy(text).splitlines() if line.strip()]


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
