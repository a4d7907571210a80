"""`canaliza model`: which model serves, how the one on trial does, and moving them by hand."""

from rich.console import Console

from intake.database import reading
from intake.mind import model_care
from intake.office import Office


def show(office: Office, out: Console) -> None:
    with reading(office.sessions) as session:
        models = model_care.show_models(session, office)
    places = (("in service", models.in_service), ("on trial", models.on_trial), ("before", models.before))
    for name, model in places:
        out.print(f"{name:>11}  {model.version if model else '–'}  {model.about if model else ''}", highlight=False)
    if models.trial:
        found = models.trial.score
        out.print(
            f"trial of {models.trial.version}: {models.trial.outcome or 'running'}, {found.petitions} of "
            f"{models.trial.wanted} petitions decided; first suggestion right: in service {found.in_service}, "
            f"candidate {found.candidate}",
            highlight=False,
        )


def publish(office: Office, out: Console) -> None:
    """Raises NotFound when no trial runs."""
    out.print(f"{model_care.publish(office)} is in service.")


def discard(office: Office, out: Console) -> None:
    """Raises NotFound when no trial runs."""
    out.print(f"The candidate is gone; {model_care.discard(office)} stays in service.")


def roll_back(office: Office, out: Console) -> None:
    """Raises NotFound when no earlier model is kept."""
    out.print(f"{model_care.roll_back(office)} is in service again; running offices load it by themselves.")
