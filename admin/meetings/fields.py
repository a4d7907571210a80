"""Fields of the forms about meetings, bounded as their columns are."""

from typing import Annotated

from fastapi import Depends, Form

from admin.local_times import LocalTime, read_local_time
from admin.pages import Here
from admin.portal.answers import tidy
from intake.meetings.agreeing import REASON_MAX, TEXT_MAX
from intake.meetings.attending import NAME_MAX as GUEST_MAX
from intake.meetings.attending import REPRESENTS_MAX
from intake.meetings.bringing import OPINION_MAX, SAID_BY_MAX
from intake.meetings.kinds import Kind
from intake.meetings.planning import (
    COMMUNITY_MAX,
    ITEM_MAX,
    ITEMS_MAX,
    MINUTES_MAX,
    NAME_MAX,
    PLACE_MAX,
    TITLE_MAX,
    Plan,
)

Agenda = Annotated[str, Form(max_length=ITEM_MAX * ITEMS_MAX)]
Point = Annotated[str, Form(max_length=ITEM_MAX)]
Minutes = Annotated[str, Form(max_length=MINUTES_MAX)]
Reason = Annotated[str, Form(max_length=REASON_MAX)]
Text = Annotated[str, Form(max_length=TEXT_MAX)]
Opinion = Annotated[str, Form(max_length=OPINION_MAX)]
SaidBy = Annotated[str, Form(max_length=SAID_BY_MAX)]
GuestName = Annotated[str, Form(max_length=GUEST_MAX)]
Represents = Annotated[str, Form(max_length=REPRESENTS_MAX)]
Checked = Annotated[bool, Form()]


def read_plan(
    pages: Here,
    tipo: Annotated[Kind, Form()] = Kind.POLITICAL,
    nombre: Annotated[str, Form(max_length=TITLE_MAX)] = "",
    cuando: LocalTime = "",
    lugar: Annotated[str, Form(max_length=PLACE_MAX)] = "",
    municipio: Annotated[str, Form(max_length=8)] = "",
    comunidad: Annotated[str, Form(max_length=COMMUNITY_MAX)] = "",
    lengua: Annotated[str, Form(max_length=40)] = "",
    necesita: Checked = False,
    interprete: Annotated[str, Form(max_length=NAME_MAX)] = "",
) -> Plan:
    return Plan(
        kind=tipo,
        title=tidy(nombre),
        starts_at=read_local_time(pages, cuando),
        place=tidy(lugar),
        municipality=municipio,
        community=tidy(comunidad),
        language=lengua,
        needs_interpreter=necesita,
        interpreter=tidy(interprete),
    )


Planned = Annotated[Plan, Depends(read_plan)]
