"""The trail of what staff did and read: noted with the act, sealed into one chain, proved."""
