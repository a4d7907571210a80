"""What a guessed password costs: OWASP's advice for Argon2id is 19 MiB and two rounds or more."""

import re
import subprocess
import sys

MEMORY_KIB, ROUNDS = 19 * 1024, 2


def test_password_is_dear_to_guess_where_tests_have_not_made_it_cheap() -> None:
    told = "from intake.accounts.staff import HASHER; print(HASHER.hash('canaliza'))"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    price = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$", run.stdout)
    assert price
    assert int(price[1]) >= MEMORY_KIB
    assert int(price[2]) >= ROUNDS
