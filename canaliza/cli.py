"""`canaliza`, the one command line: every command builds its office from the environment and does one thing."""

import sys

import typer

from canaliza import logs
from canaliza.commands import figures, keeping, measuring, mind, running, trust
from canaliza.commands.shared import out
from intake.errors import IntakeError
from nlp.corpus import CorpusError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Canaliza")
for part in (running, keeping, mind, figures, trust, measuring):
    app.add_typer(part.app)


def main() -> None:
    """The entry point: an error that a person can mend is one message and exit code 2, not a traceback."""
    logs.set_up()
    try:
        app()
    except (IntakeError, CorpusError) as error:
        out.print(f"[bold red]canaliza cannot go on[/]\n{error}", highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
