"""Builds the simulator's web app: both providers' interfaces, the phones, the control of tests, the front page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from canaliza.simulator.config import SimulatorConfig
from canaliza.simulator.connection import SimulatorApp
from canaliza.simulator.control import control_router
from canaliza.simulator.page import add_page
from canaliza.simulator.phones import phones_router
from canaliza.simulator.simulator import Simulator
from canaliza.simulator.telegram_routes import telegram_router
from canaliza.simulator.twilio_routes import twilio_router


def build_simulator(config: SimulatorConfig) -> FastAPI:
    """Serves everything on one port. Its deliveries run while the app's lifespan does."""
    simulator = Simulator(config)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await simulator.close()

    app = SimulatorApp(title="Simulador", lifespan=running, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.simulator = simulator
    for router in (telegram_router, twilio_router, phones_router, control_router):
        app.include_router(router(simulator))
    add_page(app, config)
    return app
