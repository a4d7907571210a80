"""What anybody may know of petitions: monthly figures in groups that no person can be told from."""
