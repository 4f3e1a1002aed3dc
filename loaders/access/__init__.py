"""Who may read what: the matrix as data, and what applies it."""
