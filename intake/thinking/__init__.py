"""Step 3, think: a stored event becomes message, petition, suggestion, dialogue state and queued replies."""
