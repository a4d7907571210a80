"""The room of liaison: meetings, agreements, coordination."""
