"""One reader per format: bytes in, records with line number and byte offset out."""
