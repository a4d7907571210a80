"""Where written conversations are played: one office with the tests' model, an empty database for each play."""

from pathlib import Path

import pytest

from canaliza.replay.stage import Stage
from intake.settings import Settings
from nlp.reader import Reader


@pytest.fixture(scope="session")
def stage(model: Path, reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(Settings(model_dir=str(model)), tmp_path_factory.mktemp("stage"), reader)
