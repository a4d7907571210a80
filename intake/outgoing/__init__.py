"""Steps 4 and 5, out and confirm: queued replies leave in order; what their provider reports of them is kept."""
