"""Liaison and dialogue: meetings from their plan to the last of their agreements."""
