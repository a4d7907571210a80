"""What is shipped for production names settings, commands and ports that there are; migrations only add."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from canaliza.cli import app
from intake.settings import Settings
from tests.models import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
MIGRATIONS = sorted((ROOT / "intake" / "migrations" / "versions").glob("0*.py"))
SINCE = "0008"  # from here on hosts are upgraded one after the other
TAKING_AWAY = {"drop_table", "drop_column", "drop_constraint", "alter_column", "rename_table"}


def test_every_setting_that_is_named_exists() -> None:
    texts = [path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file()]
    named = {name for text in texts for name in re.findall(r"CANALIZA_[A-Z_]+", text)}
    assert named
    assert named <= {f"CANALIZA_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: str(path.name))
def test_every_command_of_a_unit_exists(unit: Path) -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for line in re.findall(r"^ExecStart=\S+/canaliza (.+)$", unit.read_text("utf-8"), re.MULTILINE):
        name, *options = line.split()
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {option for option in options if option.startswith("--")} <= known


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: str(path.name))
def test_systemd_finds_no_fault_in_a_unit(unit: Path, tmp_path: Path) -> None:
    """The program it starts is not here: true stands for it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    name = unit.name.replace("@", "@8090")
    text = unit.read_text("utf-8").replace("/opt/canaliza/.venv/bin/canaliza", "/bin/true")
    (tmp_path / name).write_text(text, encoding="utf-8")
    if unit.suffix == ".timer":
        service = unit.with_suffix(".service").read_text("utf-8")
        (tmp_path / f"{unit.stem}.service").write_text(
            service.replace("/opt/canaliza/.venv/bin/canaliza", "/bin/true"), encoding="utf-8"
        )
    command = ["systemd-analyze", "verify", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if name in line or "Unknown" in line]
    assert said == []


def test_the_proxies_name_the_programs_ports() -> None:
    unit = (DEPLOY / "systemd" / "canaliza.service").read_text("utf-8")
    ports = set(re.findall(r"port (\d+)", unit))
    assert ports == {"8080", "8081"}
    for name in ("nginx/canaliza.conf", "caddy/Caddyfile"):
        text = re.sub(r"#.*", "", (DEPLOY / name).read_text("utf-8"))
        assert set(re.findall(r"127\.0\.0\.1:(\d+)", text)) == ports, name


@pytest.mark.parametrize("path", [p for p in MIGRATIONS if p.name[:4] >= SINCE], ids=lambda path: str(path.name))
def test_a_migration_only_adds_or_says_that_it_contracts(path: Path) -> None:
    """Programs of the version before go on serving while the database is of this one (docs/deploy.md)."""
    tree = ast.parse(path.read_text("utf-8"))
    if "contracts" in (ast.get_docstring(tree) or ""):
        return
    (upgrade,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    called = {n.func.attr for n in ast.walk(upgrade) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)}
    assert not called & TAKING_AWAY
    for added in (n for n in ast.walk(upgrade) if isinstance(n, ast.Call) and _is(n, "add_column")):
        words = {keyword.arg for n in ast.walk(added) if isinstance(n, ast.Call) for keyword in n.keywords}
        nullable = [
            k.value for n in ast.walk(added) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "nullable"
        ]
        is_optional = all(isinstance(value, ast.Constant) and value.value for value in nullable)
        assert is_optional or "server_default" in words, ast.unparse(added)


def _is(call: ast.Call, name: str) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == name
