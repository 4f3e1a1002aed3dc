"""WHO: which records are the same person, decided anew from all records on every run."""
