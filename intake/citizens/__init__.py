"""Who writes: known by addresses, on one channel or two; what is kept of them, and their rights over it."""
