"""Pages of correspondence and archive: the front desk, the register, a petition's file, inventories."""
