"""Routing rules as staff write them: a draft, its rehearsal, versions; and which are in force."""
