"""Routing rules in the browser: read, drafted, rehearsed, published."""
