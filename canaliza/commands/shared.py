"""What commands share: where they speak, and an office that can be made to fail where a test wants it."""

import typer
from rich.console import Console

from intake.failpoints import arm
from intake.office import Office
from intake.settings import Settings
from intake.wiring import build_office

out = Console(stderr=True)


def build_armed(settings: Settings) -> Office:
    try:
        arm(settings.failpoint)
    except ValueError as error:
        raise typer.BadParameter(f"CANALIZA_FAILPOINT: {error}") from error
    return build_office(settings)
