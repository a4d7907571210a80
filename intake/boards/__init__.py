"""The boards' counts: by day, materialised, corrected as petitions change."""
