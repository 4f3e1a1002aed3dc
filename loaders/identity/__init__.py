"""WHO: which records are the same person, decided for what changed and all it touches."""
