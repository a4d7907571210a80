"""The agencies' day: their inbox, and an answer from its draft to its paper."""
