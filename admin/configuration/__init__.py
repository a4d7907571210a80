"""Pages on which the administrator changes sentences, agencies, lines and templates, and takes all of it out and in."""
