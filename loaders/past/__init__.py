"""What was known at a release: its inputs are kept, its record is built again."""
