"""Growth: what each thing costs on a database of some thousand petitions and on ever larger ones, as ratios.

Not among the parts that `canaliza bench` measures when none is named: a million petitions take half an hour and 60 GB.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from sqlalchemy import text

from canaliza.bench.figures import Figure
from canaliza.bench.filling import Extent, fill
from canaliza.bench.office import fresh_database, office_settings
from canaliza.bench.visits import Times, open_visits, take_times
from intake.database import is_sqlite
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office

SIZES = (10_000, 100_000)
P50_MAX, P99_MAX = 1.5, 2.0  # of a larger database's time, in those of the first


def measure_growth(
    settings: Settings, kind: str, folder: Path, server: str, *, sizes: Sequence[int], out: Console
) -> Iterator[tuple[str, list[Figure]]]:
    """Milliseconds on the first size, ratios to it on each further one."""
    first: Times | None = None
    for size in sizes:
        with fresh_database(kind, folder, server) as url:
            office = build_office(office_settings(settings, url, folder, api_url="http://127.0.0.1:9", port=1))
            times = take_times(open_visits(office, fill(office, Extent(size), out)))
            what = f"growth on {kind}, {size:,} petitions, {_megabytes(office):,.0f} MB"
            office.engine.dispose()
        yield what, compare(first, times) if first else _tell(times)
        first = first or times


def compare(first: Times, times: Times) -> list[Figure]:
    """How many times longer each thing takes, at the middle and at the slow end."""
    return [
        Figure(
            f"{name}, p{share}",
            _ms(taken, share) / _ms(first[name], share),
            "×",
            most,
            is_ceiling=True,
            beside=f"{_ms(first[name], share):.3g} → {_ms(taken, share):.3g} ms",
        )
        for name, taken in times.items()
        for share, most in ((50, P50_MAX), (99, P99_MAX))
    ]


def _tell(times: Times) -> list[Figure]:
    return [Figure(name, _ms(taken, 50), "ms", beside=f"p99 {_ms(taken, 99):.3g} ms") for name, taken in times.items()]


def _ms(taken: Sequence[float], share: int) -> float:
    return float(np.percentile(taken, share)) * 1000


def _megabytes(office: Office) -> float:
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    size = pages if is_sqlite(office.engine) else "SELECT pg_database_size(current_database())"
    with office.engine.connect() as connection:
        return (connection.scalar(text(size)) or 0) / 1e6
