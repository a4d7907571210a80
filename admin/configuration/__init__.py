"""Pages on which the administrator changes what the jurisdiction's folder says, and takes all of it out and in."""
