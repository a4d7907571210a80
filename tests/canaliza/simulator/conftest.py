"""A simulator on a free loopback port, opposite to the stand-in program."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from canaliza.simulator import build_simulator
from tests.canaliza.simulator.stage import PATIENCE_S, Clock, Program, Stage, program_app, served, simulator_config


@pytest.fixture
def stage() -> Iterator[Stage]:
    clock = Clock()
    with served(lambda url: program_app(Program(url))) as (program_url, app):
        program: Program = app.state.program

        def build(url: str) -> FastAPI:
            return build_simulator(simulator_config(url, program_url=program_url, clock=clock))

        with served(build) as (url, _), httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False) as http:
            yield Stage(url, program, clock, http)
