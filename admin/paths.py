"""What stands in an address and is read the same way on every page."""

from typing import Annotated

from fastapi import Path

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]  # of a row: beyond it a database would fail instead of finding nothing
