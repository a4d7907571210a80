"""`/control/…`: what a test orders and asks: faults, people, the journal, a clean start."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from bot.messages import ChannelName
from canaliza.simulator.faults import Fault, Faults
from canaliza.simulator.people import People, Person
from canaliza.simulator.phones import Channel
from canaliza.simulator.simulator import Simulator


class PersonChange(BaseModel):
    """`receipts`: whether WhatsApp reports what the person has read. `moves`: the Telegram chat gets another id."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel
    person: str
    name: str | None = None
    receipts: bool | None = None
    moves: bool = False


def control_router(simulator: Simulator) -> APIRouter:
    router = APIRouter(prefix="/control")
    _add_faults(router, simulator.world.faults)
    _add_people(router, simulator.world.people)

    @router.get("/log")
    async def journal() -> dict[str, list[dict[str, Any]]]:
        return simulator.world.journal.as_json()

    @router.post("/reset", status_code=204)
    async def reset() -> None:
        await simulator.reset()

    return router


def _add_faults(router: APIRouter, faults: Faults) -> None:
    @router.post("/faults")
    async def order(ordered: list[Fault]) -> list[dict[str, Any]]:
        faults.add(*ordered)
        return faults.list_left()

    @router.get("/faults")
    async def left() -> list[dict[str, Any]]:
        return faults.list_left()

    @router.delete("/faults", status_code=204)
    async def mend() -> None:
        faults.clear()


def _add_people(router: APIRouter, people: People) -> None:
    @router.get("/people")
    async def everybody() -> list[dict[str, str | list[str]]]:
        return [_as_json(person) for person in people.list_all()]

    @router.post("/people")
    async def change(wanted: PersonChange) -> dict[str, str | list[str]]:
        person = people.get(ChannelName(wanted.channel), wanted.person)
        person.name = person.name if wanted.name is None else wanted.name
        person.has_receipts = person.has_receipts if wanted.receipts is None else wanted.receipts
        if wanted.moves:
            people.move(person)
        return _as_json(person)


def _as_json(person: Person) -> dict[str, str | list[str]]:
    return {
        "channel": person.channel.value,
        "person": person.key,
        "name": person.name,
        "address": person.address,
        "former": person.former,
    }
