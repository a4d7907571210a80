"""Steps 1 and 2, in and keep: what arrives is verified and committed as one row before anyone answers."""
