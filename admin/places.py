"""Where the navigation leads, and for whom: the day's places in the top row, the office's by groups. Guards decide who
gets in; this only hides."""

from dataclasses import dataclass

from intake.accounts.staff import OF_AGENCIES, OVERSEERS, Member, Role

READERS = OVERSEERS | OF_AGENCIES
FIGURES = OVERSEERS | {Role.STATISTICS}
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
AUDITED = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
OFFICE = "/oficina"


@dataclass(frozen=True)
class Place:
    """`name`: its sentence is `nav.NAME`, what it is for `nav.NAME.about`."""

    href: str
    name: str
    roles: frozenset[Role]

    def holds(self, path: str) -> bool:
        return path == self.href or path.startswith(self.href + "/")


@dataclass(frozen=True)
class Group:
    """Places of the office that belong together; its sentence is `nav.group.NAME`."""

    name: str
    places: tuple[Place, ...]


DAILY = (
    Place("/triage", "triage", OVERSEERS),
    Place("/turnos", "inbox", OF_AGENCIES),
    Place("/consultas", "consultations", OF_AGENCIES),
    Place("/copias", "copies", OF_AGENCIES),
    Place("/por-aprobar", "approvals", frozenset({Role.HEAD})),
    Place("/buscar", "search", READERS),
    Place("/vencimientos", "expiring", READERS),
    Place("/avisos", "tasks", OVERSEERS),
    Place("/focos", "incidents", OVERSEERS),
    Place("/interpretes", "interpreters", OVERSEERS),
    Place("/acuerdos", "own_agreements", OF_AGENCIES),
    Place("/plantillas", "templates", OF_AGENCIES),
)
GROUPS = (
    Group(
        "figures",
        (
            Place("/tablero", "board", FIGURES),
            Place("/indicadores", "indicators", FIGURES),
            Place("/mapa", "map", FIGURES),
            Place("/alertas", "alerts", FIGURES),
            Place("/estudios", "studies", OVERSEERS),
        ),
    ),
    Group(
        "liaison",
        (
            Place("/reuniones", "meetings", OVERSEERS),
            Place("/acuerdos", "agreements", OVERSEERS),
            Place("/coordinacion", "coordination", OVERSEERS),
        ),
    ),
    Group(
        "archive",
        (
            Place("/correspondencia", "correspondence", OVERSEERS),
            Place("/archivo", "archive", OVERSEERS),
            Place("/conservacion", "retention", OVERSEERS),
        ),
    ),
    Group(
        "days",
        (
            Place("/dias-inhabiles", "closed_days", OVERSEERS),
            Place("/plazos", "terms", OVERSEERS),
            Place("/guardia", "duty", OVERSEERS),
            Place("/contingencia", "contingency", OVERSEERS),
        ),
    ),
    Group(
        "people",
        (
            Place("/usuarios", "accounts", ADMINISTRATORS),
            Place("/agencias", "agencies", ADMINISTRATORS),
            Place("/derechos", "rights", AUDITED),
            Place("/bitacora", "trail", AUDITED),
        ),
    ),
    Group(
        "machine",
        (
            Place("/reglas", "rules", AUDITED),
            Place("/textos", "words", OVERSEERS),
            Place("/modelo", "model", ADMINISTRATORS),
            Place("/configuracion", "config", AUDITED),
            Place("/por-confirmar", "unconfirmed", OVERSEERS),
            Place("/lineas", "lines", OVERSEERS),
            Place("/temas", "topics", OVERSEERS),
            Place("/plantillas-whatsapp", "approved", ADMINISTRATORS),
            Place("/sistemas", "systems", ADMINISTRATORS),
            Place("/importar", "imports", ADMINISTRATORS),
            Place("/exportar", "exports", ADMINISTRATORS),
            Place("/cartas-muertas", "dead_letters", ADMINISTRATORS),
            Place("/correos", "mails", ADMINISTRATORS),
        ),
    ),
)


@dataclass(frozen=True)
class Way:
    """The navigation as one member sees it from one page. `beside`: the places of the group that the page is in."""

    daily: tuple[Place, ...]
    groups: tuple[Group, ...]
    beside: tuple[Place, ...]
    here: Place | None
    is_office: bool


def find_way(member: Member, path: str) -> Way:
    """What of the navigation is for the member, and where in it `path` is."""
    daily = _open(DAILY, member)
    groups = tuple(Group(group.name, places) for group in GROUPS if (places := _open(group.places, member)))
    beside = next((group.places for group in groups if any(place.holds(path) for place in group.places)), ())
    here = next((place for place in (*daily, *beside) if place.holds(path)), None)
    return Way(daily, groups, beside, here, bool(beside) or path == OFFICE)


def list_places(member: Member) -> tuple[Place, ...]:
    """All that are open to the member."""
    return _open((*DAILY, *(place for group in GROUPS for place in group.places)), member)


def _open(places: tuple[Place, ...], member: Member) -> tuple[Place, ...]:
    return tuple(place for place in places if member.role in place.roles)
