"""The officers' day: the queue, one petition, what belongs together, who must still be told."""
