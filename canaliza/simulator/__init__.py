"""The provider simulator: Telegram's Bot API and Twilio's Messages API on one port, and the front page with two phones.

Ships with the product, so that the demo and the tests run the adapters of production. Keeps everything in memory.
"""

from canaliza.simulator.app import build_simulator
from canaliza.simulator.config import Pace, SimulatorConfig
from canaliza.simulator.faults import Fault
from canaliza.simulator.scene import Scene, read_scene
from canaliza.simulator.simulator import Simulator, simulator_of

__all__ = ["Fault", "Pace", "Scene", "Simulator", "SimulatorConfig", "build_simulator", "read_scene", "simulator_of"]
