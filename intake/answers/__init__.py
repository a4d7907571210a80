"""An agency's answer: drafted, checked, approved, with its files and its sealed paper; one for many."""
