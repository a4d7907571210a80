"""Thematic alerts: what the petitions of a territory say more often than they used to, for a person to judge."""
