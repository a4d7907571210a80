"""What staff change of the jurisdiction's folder: versions, checks, what is in force, all of it in and out as files."""
