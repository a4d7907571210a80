"""What reaches staff outside the app: letters, digests, a calendar, and who is on duty."""
