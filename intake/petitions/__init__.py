"""The case: its folio, its lifecycle, its history, its matters, and which others tell of the same."""
