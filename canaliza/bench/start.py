"""A cold start until the office is ready, and what an idle one holds."""

from pathlib import Path

from canaliza.bench.figures import Figure
from canaliza.bench.office import free_port, fresh_database, office_settings
from canaliza.bench.process import running, whole_office
from intake.settings import Settings


def measure_start(settings: Settings, folder: Path) -> list[Figure]:
    port = free_port()
    with fresh_database("sqlite", folder, "") as url:
        own = office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=port)
        with running(own, whole_office(port), port, folder) as server:
            return [
                Figure("cold start to ready, model included", server.started_s, "s", 5, is_ceiling=True),
                Figure("memory at rest", server.memory_mb, "MB", 350, is_ceiling=True),
            ]
