"""What staff read and do: the queue, one petition with all of it, a decision, a conversation, a task."""
