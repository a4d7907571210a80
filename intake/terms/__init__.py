"""The legal clock: closed days, steps, pauses, and what is counted anew when the calendar changes."""
