"""The simulator as one object: the shared world and the two providers in it. Held by the app, given to every router."""

from fastapi import FastAPI

from bot.messages import ChannelName
from canaliza.simulator.config import SimulatorConfig
from canaliza.simulator.telegram_server import TelegramServer
from canaliza.simulator.twilio_server import TwilioServer
from canaliza.simulator.world import World


class Simulator:
    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.world = World(config)
        self.telegram = TelegramServer(self.world)
        self.twilio = TwilioServer(self.world)
        self._seat_people()

    async def reset(self) -> None:
        """As at the start, except that Telegram's webhook stays registered and no number is given twice."""
        await self.world.stop_tasks()
        self.telegram.clear()
        self.twilio.clear()
        self.world.clear()
        self._seat_people()

    async def close(self) -> None:
        await self.world.stop_tasks()
        await self.world.client.aclose()

    def _seat_people(self) -> None:
        """The people of the scene have names of their own; everybody else's is invented."""
        scene = self.config.scene
        for channel, phone in ((ChannelName.TELEGRAM, scene.telegram), (ChannelName.WHATSAPP, scene.whatsapp)):
            self.world.people.get(channel, phone.person).name = phone.name


def simulator_of(app: FastAPI) -> Simulator:
    """The simulator behind an app of `build_simulator`: for tests in the same process and loop."""
    simulator: Simulator = app.state.simulator
    return simulator
