"""Every table, in whatever file it is written: for who goes through all of them."""

from intake import tables_accounts, tables_answers, tables_audit, tables_rules, tables_systems
from intake.tables import Table

__all__ = ["Table", "tables_accounts", "tables_answers", "tables_audit", "tables_rules", "tables_systems"]
