"""The machines' door: programs of agencies that come with a token of their own, and what they are told."""
