"""Studies, analyses, proposals, and the programmes that are watched: the registers of component 1."""
