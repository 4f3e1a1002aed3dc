"""What a person at a terminal sees: tables and timelines, read from the warehouse."""
