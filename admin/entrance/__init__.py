"""The way in: log-in, second factor, passkeys, invitations, and what is a member's own."""
