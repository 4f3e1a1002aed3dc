"""The stewards' page: a small web page on this machine alone."""
