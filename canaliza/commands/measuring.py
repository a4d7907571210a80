"""For developers: how fast it is, and the documents that the program writes of itself."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from canaliza import documents as documenting
from canaliza.bench.whole import USUAL, Measured
from canaliza.bench.whole import bench as run_bench
from canaliza.commands.shared import out
from canaliza.replay.stage import Stage
from intake.configuration.unconfirmed import with_list
from intake.mind.minds import require_model
from intake.settings import read_settings

app = typer.Typer()


@app.command()
def bench(
    parts: Annotated[
        list[Measured] | None,
        typer.Argument(help="What to measure; default: all but drain, staff, growth, alerts, carrying; five minutes"),
    ] = None,
    postgresql: Annotated[
        str, typer.Option(help="A server's URL where databases may be made and dropped (`make bench` starts one)")
    ] = "",
    json_to: Annotated[Path | None, typer.Option("--json", help="Write the figures for programs")] = None,
    petitions: Annotated[
        list[int] | None,
        typer.Option(help="Of staff, growth: petitions, 60 kB each; of carrying: rows; of drain: messages"),
    ] = None,
) -> None:
    """How fast this machine acknowledges, claims, thinks and sends, with its own limits beside each figure."""
    run_bench(read_settings(), Console(), parts or USUAL, postgresql, json_to, petitions or ())


@app.command()
def documents(
    root: Annotated[Path, typer.Option(help="Where README.md, docs and tests stand")] = Path(),
) -> None:
    """Write the picture of the dialogue, the README's transcripts and what is unconfirmed anew, from what there is."""
    settings = read_settings()
    require_model(settings)  # without one a citizen is told less
    with TemporaryDirectory() as folder:
        stage = Stage(settings, Path(folder))
        with stage.office() as office:
            texts = office.texts
        written = {
            "docs/dialogue.md": documenting.rewrite(
                root / "docs" / "dialogue.md", lambda document: documenting.with_picture(document, texts)
            ),
            "README.md": documenting.rewrite(
                root / "README.md", lambda document: documenting.with_transcripts(document, stage, root)
            ),
            "docs/confirm.md": documenting.rewrite(
                root / "docs" / "confirm.md", lambda document: with_list(document, settings.jurisdiction_dir)
            ),
        }
    for name, is_new in written.items():
        out.print(f"{name}: {'written' if is_new else 'as it was'}", highlight=False)
