"""Trains, measures and changes the model that suggests agencies."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from canaliza import classify as classifying
from canaliza import corpus_needs, drifting, modelling
from canaliza.commands.shared import out
from intake.settings import read_settings
from intake.wiring import build_office

app = typer.Typer()
models = typer.Typer(no_args_is_help=True, help="The model in service, the one on trial, the one before")
app.add_typer(models, name="model")
NICENESS = 10  # learning goes on beside an office that answers citizens on the same machine


@app.command()
def train(
    seed: Annotated[int, typer.Option(help="Same corpus and seed give the same model")] = 7,
    target: Annotated[Path | None, typer.Option("--model", help="Folder to write; default: the settings'")] = None,
    with_decisions: Annotated[
        bool, typer.Option("--with-decisions", help="Learn from what officers decided too")
    ] = False,
    shadow: Annotated[int, typer.Option(min=0, help="Decided petitions to try the new model on first; 0: none")] = 200,
) -> None:
    """Train the model from the jurisdiction's corpus; with decisions it is examined, tried, and only then serves."""
    # here, as in `evaluate`: scikit-learn takes 85 MB that a serving process never needs
    from canaliza import learning, retraining

    settings = read_settings()
    if with_decisions:
        os.nice(NICENESS)
        retraining.retrain(build_office(settings), retraining.Wish(seed, shadow), out)
    else:
        learning.train_model(settings, target or settings.model_folder, seed=seed, out=out)


@app.command()
def evaluate(
    file: Annotated[Path | None, typer.Argument(help="Labelled JSON Lines for the model in place")] = None,
    baselines: Annotated[bool, typer.Option(help="Against what others use, on the same split")] = False,
    curve: Annotated[bool, typer.Option(help="By the number of petitions learnt from")] = False,
    json_to: Annotated[Path | None, typer.Option("--json", help="Where to write the figures")] = None,
    card: Annotated[Path | None, typer.Option(help="Where to write the model card")] = None,
    seed: Annotated[int, typer.Option(help="As for train")] = 7,
) -> None:
    """Quality on authors that a model learnt here has not seen, or of the model in place on a file."""
    from canaliza import evaluating

    wish = evaluating.Wish(file, baselines, curve, json_to, card, seed)
    evaluating.evaluate(read_settings(), wish, Console())


@app.command()
def drift() -> None:
    """Whether petitions, suggestions or decisions of the last 30 days differ from the 90 days before."""
    drifting.show(build_office(read_settings()), Console())


@app.command()
def corpus(agency: Annotated[str | None, typer.Argument(help="A key of agencies.json")] = None) -> None:
    """What the corpus holds, and what an agency still lacks in it."""
    corpus_needs.show(read_settings(), agency, Console())


@app.command()
def classify() -> None:
    """JSON Lines in, the same objects out with kind, emergency, suggestions and place."""
    settings = read_settings()
    sys.exit(classifying.run(settings, sys.stdin, sys.stdout))


@models.command("show")
def show_models() -> None:
    """What serves, what is on trial and how it does."""
    modelling.show(build_office(read_settings()), Console())


@models.command("publish")
def publish_model() -> None:
    """End the trial now: the candidate serves."""
    modelling.publish(build_office(read_settings()), out)


@models.command("discard")
def discard_model() -> None:
    """End the trial now: the candidate goes."""
    modelling.discard(build_office(read_settings()), out)


@models.command("roll-back")
def roll_back_model() -> None:
    """Put the model before back into service."""
    modelling.roll_back(build_office(read_settings()), out)
