"""Channels and dialogue: what comes in, what is said, what goes out. Knows neither tables nor web frameworks."""
