"""`canaliza model`: which model serves, how the one on trial does, and moving them by hand."""

from rich.console import Console

from intake.clock import utc_now
from intake.database import reading
from intake.errors import NotFound
from intake.office import Office
from intake.tables import Trial
from intake.trials import PUBLISHED, WITHDRAWN, end, find_latest, find_trial, look, score
from nlp.shelf import ShelfError, find_meta, find_version


def show(office: Office, out: Console) -> None:
    shelf = office.minds.shelf
    for name, folder in (("in service", shelf.in_place), ("on trial", shelf.candidate), ("before", shelf.previous)):
        meta = find_meta(folder)
        out.print(f"{name:>11}  {find_version(folder) or '–'}  {meta['description'] if meta else ''}", highlight=False)
    with reading(office.sessions) as session:
        trial = find_latest(session)
        if trial:
            found = score(session, trial)
            out.print(
                f"trial of {trial.model_version}: {trial.outcome or 'running'}, {found.petitions} of "
                f"{trial.petitions_wanted} petitions decided; first suggestion right: in service {found.in_service}, "
                f"candidate {found.candidate}",
                highlight=False,
            )


def publish(office: Office, out: Console) -> None:
    """The trial ends now and its candidate serves. Raises NotFound when none runs."""
    _end(office, PUBLISHED)
    out.print(f"{find_version(office.minds.shelf.in_place)} is in service.")


def discard(office: Office, out: Console) -> None:
    """The trial ends now without a change. Raises NotFound when none runs."""
    _end(office, WITHDRAWN)
    out.print("The candidate is gone; the model in service stays.")


def roll_back(office: Office, out: Console) -> None:
    """Raises NotFound when no earlier model is kept."""
    try:
        office.minds.shelf.roll_back()
    except ShelfError as error:
        raise NotFound(str(error)) from error
    out.print(
        f"{find_version(office.minds.shelf.in_place)} is in service again; running offices load it by themselves."
    )


def _end(office: Office, outcome: str) -> None:
    with office.sessions.begin() as session:
        end(session, _running(find_trial(session)), outcome, utc_now())
    look(office)


def _running(trial: Trial | None) -> Trial:
    if trial is None:
        raise NotFound("no candidate is on trial: run `canaliza train --with-decisions`")
    return trial
