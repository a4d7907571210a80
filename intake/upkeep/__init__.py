"""The office looked after: copies, moves, what waits, whether it is ready."""
