"""Out: what readers see, one release at a time, and what changed between releases."""
