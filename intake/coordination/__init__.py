"""Interinstitutional coordination: how agencies comply, what they agree on, what was analysed and proposed."""
