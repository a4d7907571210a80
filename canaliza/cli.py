"""`canaliza`, the one command line: every command builds its office from the environment and does one thing."""

import asyncio
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from bot.messages import ChannelName
from canaliza import (
    auditing,
    carrying,
    configuring,
    corpus_needs,
    drifting,
    indicating,
    logs,
    modelling,
    moving,
    papers,
    reporting,
    terminal,
    translations,
)
from canaliza import classify as classifying
from canaliza import demo as demonstration
from canaliza import doctor as doctoring
from canaliza import documents as documenting
from canaliza import seed as seeding
from canaliza.bench.whole import USUAL, Measured
from canaliza.bench.whole import bench as run_bench
from canaliza.bounding import put_boundaries
from canaliza.replay.script import Way
from canaliza.replay.stage import Stage
from canaliza.replay.transcript import replay
from canaliza.serving import Part, Plan, check
from canaliza.serving import serve as run_program
from intake.accounts.second_factor import remove_factors
from intake.accounts.staff import NewAccount, Role, add_account, list_accounts
from intake.alerts.watching import watch
from intake.boards.keeping import recount, refresh
from intake.clock import utc_now
from intake.database import reading
from intake.erasing.inventory import as_markdown
from intake.errors import IntakeError, SettingsError
from intake.failpoints import arm
from intake.jurisdiction import read_jurisdiction
from intake.office import Office
from intake.petitions.search_texts import rebuild
from intake.schema import upgrade
from intake.settings import Settings, read_settings
from intake.upkeep import backup as backups
from intake.wiring import build_office
from nlp.corpus import CorpusError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="Canaliza")
database = typer.Typer(no_args_is_help=True, help="The database")
users = typer.Typer(no_args_is_help=True, help="Staff accounts")
models = typer.Typer(no_args_is_help=True, help="The model in service, the one on trial, the one before")
moves = typer.Typer(no_args_is_help=True, help="From one kind of database to another")
audits = typer.Typer(no_args_is_help=True, help="The trail of what staff did and read")
texts = typer.Typer(no_args_is_help=True, help="What citizens read")
privacy = typer.Typer(no_args_is_help=True, help="What is kept of a person, and how it goes")
reports = typer.Typer(no_args_is_help=True, help="What the office hands over, as PDF and workbook")
configurations = typer.Typer(no_args_is_help=True, help="What staff may change, out and in as files")
answers_papers = typer.Typer(no_args_is_help=True, help="Answers as documents with the office's seal")
app.add_typer(database, name="db")
app.add_typer(users, name="user")
app.add_typer(models, name="model")
app.add_typer(moves, name="move")
app.add_typer(texts, name="texts")
app.add_typer(audits, name="audit")
app.add_typer(configurations, name="configuration")
app.add_typer(answers_papers, name="paper")
app.add_typer(reports, name="report")
app.add_typer(privacy, name="privacy")
out = Console(stderr=True)
NICENESS = 10  # learning goes on beside an office that answers citizens on the same machine
Host = Annotated[str, typer.Option(help="Address to listen on")]
Port = Annotated[int, typer.Option(help="Port of the internet-facing app")]
StaffPort = Annotated[int, typer.Option(help="Port of the staff app")]


def main() -> None:
    """The entry point: an error that a person can mend is one message and exit code 2, not a traceback."""
    logs.set_up()
    try:
        app()
    except (IntakeError, CorpusError) as error:
        out.print(f"[bold red]canaliza cannot go on[/]\n{error}", highlight=False)
        sys.exit(2)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    staff_port: StaffPort = 8081,
    only: Annotated[list[Part] | None, typer.Option(help="One part of the program; for many hosts")] = None,
) -> None:
    """Both web apps and the workers in one process; --only for one part on each of many hosts."""
    _run(Plan(host, port, staff_port, frozenset(only or Part)))


@app.command()
def poll(host: Host = "127.0.0.1", port: Port = 8080, staff_port: StaffPort = 8081) -> None:
    """As serve, but Telegram is asked for messages: needs no public address."""
    _run(Plan(host, port, staff_port, polls=True))


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8080,
    staff_port: StaffPort = 8081,
    phones_port: Annotated[int, typer.Option(help="Port of the front page with the two phones")] = 8082,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data")] = Path("var/demo"),
) -> None:
    """The whole product on this machine with invented data; set up at the first start."""
    demonstration.run(demonstration.Ports(host, port, staff_port, phones_port), folder, out)


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the newest version."""
    office_settings = read_settings()
    upgrade(build_office(office_settings).engine)
    out.print("The database is up to date.")


@database.command("reindex")
def reindex_words() -> None:
    """Make the words by which petitions are found anew. The office may work meanwhile."""
    settings = read_settings()
    out.print(f"{rebuild(_office(settings))} petitions")


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


@app.command()
def drift() -> None:
    """Whether petitions, suggestions or decisions of the last 30 days differ from the 90 days before."""
    drifting.show(build_office(read_settings()), Console())


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
def corpus(agency: Annotated[str | None, typer.Argument(help="A key of agencies.json")] = None) -> None:
    """What the corpus holds, and what an agency still lacks in it."""
    corpus_needs.show(read_settings(), agency, Console())


@app.command()
def bench(
    parts: Annotated[
        list[Measured] | None,
        typer.Argument(help="What to measure; default: all but staff, growth; five minutes"),
    ] = None,
    postgresql: Annotated[
        str, typer.Option(help="A server's URL where databases may be made and dropped (`make bench` starts one)")
    ] = "",
    json_to: Annotated[Path | None, typer.Option("--json", help="Write the figures for programs")] = None,
    petitions: Annotated[
        list[int] | None,
        typer.Option(help="Of staff, growth: petitions of each database, several times; 60 kB each"),
    ] = None,
) -> None:
    """How fast this machine acknowledges, claims, thinks and sends, with its own limits beside each figure."""
    run_bench(read_settings(), Console(), parts or USUAL, postgresql, json_to, petitions or ())


@app.command()
def alerts(
    anew: Annotated[bool, typer.Option(help="Name and count all days once more: topics.yaml changed")] = False,
) -> None:
    """Look for alerts now, as the office does each hour; how many cards are new."""
    new = watch(build_office(read_settings()), utc_now(), anew=anew)
    out.print(f"{new} new")


@app.command()
def boards(
    anew: Annotated[bool, typer.Option(help="Count every day once more, whatever is known of it")] = False,
) -> None:
    """Count now what the boards show, as the workers do each minute; how many days were counted."""
    office, now = build_office(read_settings()), utc_now()
    out.print(f"{recount(office, now) if anew else refresh(office, now, budget_s=float('inf'))} days")


@app.command()
def boundaries(source: Annotated[Path, typer.Argument(help="GeoJSON in degrees, a feature a municipality")]) -> None:
    """Check the municipalities' official boundaries, make them simple, and put them where «Mapa» looks."""
    count, whole = put_boundaries(build_office(read_settings()), source)
    out.print(f"{count} of {whole} municipalities")


@app.command()
def classify() -> None:
    """JSON Lines in, the same objects out with kind, emergency, suggestions and place."""
    settings = read_settings()
    sys.exit(classifying.run(settings, sys.stdin, sys.stdout))


@app.command()
def seed(
    count: Annotated[int, typer.Option(help="Petitions")] = 300,
    days: Annotated[int, typer.Option(help="Spread over so many days until now")] = 90,
) -> None:
    """Invented petitions, agencies' answers and staff, for trying the office out. Never in production."""
    settings = read_settings()
    upgrade(build_office(settings).engine)
    seeding.fill(settings, seeding.Extent(count, days), out)


@app.command("backup")
def back_up(
    folder: Annotated[
        Path | None, typer.Argument(help="Where backups stand; a later one copies only new files [CANALIZA_BACKUP_DIR]")
    ] = None,
    keep: Annotated[int, typer.Option(min=0, help="Older whole backups are removed but for so many; 0: all stay")] = 0,
) -> None:
    """A consistent copy of database and citizens' files, while the office runs."""
    settings = read_settings()
    if folder is None and not settings.backup_dir:
        raise SettingsError("name a folder, or set CANALIZA_BACKUP_DIR")
    made = backups.back_up(build_office(settings), folder or Path(settings.backup_dir))
    out.print(f"Backup {made}. Secrets and model are not in it.", highlight=False)
    for old in backups.prune(made.parent, keep) if keep else ():
        out.print(f"Removed {old}.", highlight=False)


@app.command("restore")
def restore(folder: Annotated[Path, typer.Argument(help="One backup: the folder with its manifest.json")]) -> None:
    """Put a backup into an empty database, and its files into the store."""
    manifest = backups.restore(build_office(read_settings()), folder)
    petitions = manifest.rows.get("petitions", 0)
    out.print(f"{petitions} petitions and {len(manifest.files)} files of {manifest.made_at} are back.", highlight=False)


@app.command("import")
def import_register(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX with older folios")],
    mapping: Annotated[
        Path | None, typer.Option(help="How its columns are read (docs/import.md); else guessed")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in; change nothing")] = False,
    report: Annotated[Path | None, typer.Option(help="Where the dry run writes a line a row")] = None,
    user: Annotated[str, typer.Option(help="The administrator who answers for it; the first one by default")] = "",
) -> None:
    """Bring in petitions of an older register, with their folios, dates, states and answers; nobody is told."""
    carrying.import_file(build_office(read_settings()), carrying.Errand(file, mapping, dry_run, report, user), out)


@app.command("export")
def export_everything(folder: Annotated[Path, typer.Argument(help="An empty folder, or one to be made")]) -> None:
    """Write everything as JSON Lines and files, of one moment, with a manifest of hashes (docs/export.md)."""
    carrying.export_folder(build_office(read_settings()), folder, out)


@moves.command("sqlite-to-postgres")
def move_to_postgres(
    to: Annotated[str, typer.Option(help="postgresql://… of an empty database; the password in PGPASSWORD")],
    verify: Annotated[bool, typer.Option("--verify", help="Move nothing; compare both databases again")] = False,
) -> None:
    """Carry everything from the settings' SQLite into PostgreSQL, proved table by table, whole or not at all."""
    if not verify:
        moving.move(read_settings(), to, out)
    elif not moving.verify(read_settings(), to, out):
        sys.exit(1)


@app.command()
def doctor(
    watch: Annotated[bool, typer.Option("--watch", help="Go on looking, and say what changes")] = False,
    every: Annotated[float, typer.Option(min=1, help="Seconds between two looks of --watch")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="One look, for programs")] = False,
) -> None:
    """Check tokens, webhooks, clock, database, model, queues, backup and disk; say how to mend each fault."""
    sys.exit(asyncio.run(doctoring.watch(out, every) if watch else doctoring.examine(out, as_json=as_json)))


@app.command()
def console(
    file: Annotated[Path | None, typer.Option("--replay", help="Show a written conversation, and how it ends")] = None,
    channel: Annotated[ChannelName | None, typer.Option(help="Of --replay; default: the conversation's first")] = None,
    way: Annotated[Way, typer.Option(help="Of --replay: how the provider brings the messages")] = Way.IN_ORDER,
) -> None:
    """A conversation in the terminal: the whole way without any provider."""
    settings = read_settings()
    if file:
        sys.exit(0 if replay(settings, file, channel, way, Console()) else 1)
    upgrade(build_office(settings).engine)
    terminal.talk(settings)


@app.command()
def indicators(
    quarter: Annotated[str, typer.Option(help="2026-T4; default: the current one")] = "",
    month: Annotated[str, typer.Option(help="2026-10, with what was frozen of it")] = "",
    freeze: Annotated[str, typer.Option(help="Freeze a month that is over; what is frozen already stays")] = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="For programs, as the page's file")] = False,
) -> None:
    """The matrix of indicators for a period, each with numerator and denominator."""
    indicating.show(build_office(read_settings()), indicating.Wish(month or quarter, freeze, as_csv), Console())


@configurations.command("export")
def configuration_export(folder: Annotated[Path, typer.Argument(help="Is made; files in it are written over")]) -> None:
    """Write what is in force as files for version control; nothing secret is among them."""
    configuring.export(build_office(read_settings()), folder, Console())


@configurations.command("import")
def configuration_import(
    folder: Annotated[Path, typer.Argument(help="As `export` wrote it, or a part of it")],
    by: Annotated[str, typer.Option(help="The administrator's account in whose name it is applied")] = "",
    reason: Annotated[str, typer.Option(help="Why, at least 10 characters")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and what is wrong")] = False,
) -> None:
    """Apply what differs from what is in force, as further versions."""
    office = build_office(read_settings())
    if not configuring.bring_in(office, folder, Console(), by=by, reason=reason, only_look=dry_run):
        raise typer.Exit(1)


@app.command()
def documents(
    root: Annotated[Path, typer.Option(help="Where README.md, docs and tests stand")] = Path(),
) -> None:
    """Write the picture of the dialogue and the README's transcripts anew, from the program as it is."""
    settings = read_settings()
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
        }
    for name, is_new in written.items():
        out.print(f"{name}: {'written' if is_new else 'as it was'}", highlight=False)


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


@texts.command("missing")
def missing_texts(
    language: Annotated[str | None, typer.Argument(help="A key of languages.yaml, for the sentences it lacks")] = None,
) -> None:
    """Which sentences have no human translation, by language. None is ever made by a machine."""
    translations.show(read_settings(), language, Console())


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


@reports.command("quarter")
def report_quarter(
    quarter: Annotated[str, typer.Argument(help="2026-3 or 2026-T3")],
    pdf: Annotated[Path | None, typer.Option(help="Where to write the document")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Where to write the workbook, with the folios behind")] = None,
) -> None:
    """The matrix of programme 104 for a quarter; frozen where its months are."""
    reporting.write_quarter(build_office(read_settings()), quarter, pdf, xlsx)


@reports.command("municipality")
def report_municipality(
    clave: Annotated[str, typer.Argument(help="INEGI's key, such as 20198")],
    pdf: Annotated[Path, typer.Option(help="Where to write the document")],
) -> None:
    """What a municipality asked for in two years, what was answered, what is due."""
    reporting.write_town(build_office(read_settings()), clave, pdf)


@reports.command("week")
def report_week(
    pdf: Annotated[Path, typer.Option(help="Where to write the document")],
    day: Annotated[
        str, typer.Option(help="Any day of the week, as 2026-11-23; default: the last week that is over")
    ] = "",
) -> None:
    """The week's note for the head of the office."""
    reporting.write_week(build_office(read_settings()), day, pdf)


@app.command()
def agencies() -> None:
    """The jurisdiction's agencies, one JSON object a line."""
    for agency in read_jurisdiction(read_settings().jurisdiction_dir).agencies.values():
        sys.stdout.write(json.dumps({"key": agency.key, "name": agency.name, "order": agency.order}) + "\n")


def _run(plan: Plan) -> None:
    settings = read_settings()
    office = _office(settings)
    check(office, plan)
    _announce(settings, plan)
    uvloop.run(run_program(office, plan))


def _office(settings: Settings) -> Office:
    try:
        arm(settings.failpoint)
    except ValueError as error:
        raise typer.BadParameter(f"CANALIZA_FAILPOINT: {error}") from error
    return build_office(settings)


def _announce(settings: Settings, plan: Plan) -> None:
    channels = [n for n, has in (("Telegram", settings.has_telegram), ("WhatsApp", settings.has_whatsapp)) if has]
    out.print(f"Canaliza · {settings.jurisdiction} · channels: {', '.join(channels) or 'none (set their tokens)'}")
    if Part.WEB in plan.parts:
        out.print(f"  internet-facing  http://{plan.host}:{plan.port}  (as {settings.public_url})")
    if Part.STAFF in plan.parts:
        out.print(f"  staff            http://{plan.host}:{plan.staff_port}")


if __name__ == "__main__":
    main()
