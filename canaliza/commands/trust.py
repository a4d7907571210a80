"""Accounts, and what proves that nothing was changed: the trail, papers, what is kept of a person."""

import sys
from typing import Annotated

import typer
from rich.console import Console

from canaliza import auditing, papers, translations
from canaliza.commands.shared import out
from intake.accounts.second_factor import remove_factors
from intake.accounts.staff import NewAccount, Role, add_account, list_accounts
from intake.database import reading
from intake.erasing.inventory import as_markdown
from intake.settings import read_settings
from intake.wiring import build_office

app = typer.Typer()
users = typer.Typer(no_args_is_help=True, help="Staff accounts")
audits = typer.Typer(no_args_is_help=True, help="The trail of what staff did and read")
texts = typer.Typer(no_args_is_help=True, help="What citizens read")
privacy = typer.Typer(no_args_is_help=True, help="What is kept of a person, and how it goes")
answers_papers = typer.Typer(no_args_is_help=True, help="Answers as documents with the office's seal")
app.add_typer(users, name="user")
app.add_typer(audits, name="audit")
app.add_typer(texts, name="texts")
app.add_typer(privacy, name="privacy")
app.add_typer(answers_papers, name="paper")


@users.command("add")
def add_user(
    username: str,
    role: Annotated[Role, typer.Option()],
    name: Annotated[str, typer.Option(help="Full name, as colleagues see it")],
    agency: Annotated[str | None, typer.Option(help="Key of the liaison's or head's agency")] = None,
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="At least 12 characters")
    ] = "",
) -> None:
    """Add a member of staff."""
    office = build_office(read_settings())
    with office.sessions.begin() as session:
        add_account(session, office.jurisdiction, NewAccount(username, name, role, password, agency))
    out.print(f"{username} may log in to the staff app.")


@users.command("remove-factors")
def remove_second_factor(username: str) -> None:
    """For an administrator who lost telephone and recovery codes: the password alone lets them in again."""
    office = build_office(read_settings())
    with reading(office.sessions) as session:
        found = next((row.id for row in list_accounts(session) if row.username == username), 0)
    remove_factors(office, None, found)
    out.print(f"{username} logs in with the password alone until a second factor is set up again.")


@audits.command("verify")
def verify_trail(
    head: Annotated[
        list[str] | None, typer.Option(help="NUMBER:HASH as it was written down elsewhere; several times")
    ] = None,
) -> None:
    """Prove the trail and every petition's history; exit code 1 and the first broken entry when they do not hold."""
    sys.exit(0 if auditing.verify(build_office(read_settings()), head or [], out) else 1)


@audits.command("export")
def export_trail() -> None:
    """The whole trail as JSON Lines, in the chain's order, on standard output."""
    auditing.export(build_office(read_settings()), sys.stdout)


@answers_papers.command("verify")
def paper_verify(
    file_or_code: Annotated[str, typer.Argument(help="A PDF that somebody shows, or the code that stands on it")],
) -> None:
    """Whether it is one of the office's papers, unchanged. Exit code 1 when it is not."""
    sys.exit(0 if papers.verify(build_office(read_settings()), file_or_code, Console()) else 1)


@privacy.command("inventory")
def print_inventory() -> None:
    """Print what every column of every table is of a person's, as docs/privacy.md holds it."""
    typer.echo(as_markdown(), nl=False)


@texts.command("missing")
def missing_texts(
    language: Annotated[str | None, typer.Argument(help="A key of languages.yaml, for the sentences it lacks")] = None,
) -> None:
    """Which sentences have no human translation, by language. None is ever made by a machine."""
    translations.show(read_settings(), language, Console())
