"""`onecard trace`: from a row to the lines behind it, from a line to all it reached."""
