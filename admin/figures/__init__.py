"""What is counted: board, indicators, map, a municipality's sheet, reports."""
