"""What comes on paper or by mail: from the front desk to the archive's file, with the office's own papers."""
