"""`onecard trace`: from any row to the lines it was made of, and from a line to every row."""
