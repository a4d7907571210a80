"""The mind: what a message is about, which agency could answer, which place it names. Pure; knows no tables."""
