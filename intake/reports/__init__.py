"""What the office hands over: the quarter's report, a municipality's sheet, the weekly note. Read only."""
