"""What open pages are told without asking: that something came, and who else looks at the same petition."""
