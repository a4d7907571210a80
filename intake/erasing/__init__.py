"""A person's right of cancellation, carried out: what is kept of them, out of sight, told, deleted."""
