"""Names are found again in their rows, unknown ones are not, and another process finds the same."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nlp.vocabulary import UNKNOWN, Vocabulary

NAMES = st.lists(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1), unique=True)


@given(names=NAMES, others=NAMES)
def test_a_name_has_its_row_and_an_unknown_one_none(names: list[str], others: list[str]) -> None:
    vocabulary = Vocabulary(names)
    assert vocabulary.list_names() == names
    wanted = [names.index(name) if name in names else UNKNOWN for name in others + names]
    assert vocabulary.find(others + names).tolist() == wanted
    assert [name in vocabulary for name in others] == [name in names for name in others]


def test_another_process_finds_the_same(tmp_path: Path) -> None:
    """Whose strings have other hashes."""
    kept = tmp_path / "vocabulary.pickle"
    kept.write_bytes(pickle.dumps(Vocabulary(["w:agua", "w:luz", "b:no hay"])))
    look = (
        "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).find(['b:no hay', 'w:gas', 'w:agua']).tolist())"
    )
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", look, str(kept), "b:no hay", "w:gas", "w:agua"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=True,
        )
        assert ran.stdout.strip() == "[2, -1, 0]"
