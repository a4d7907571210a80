"""Rules: facts about a matter in, a decision with rule and reason out. Pure; knows no tables."""
