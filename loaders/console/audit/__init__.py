"""`onecard audit`: what was sent, what became of it, and whether it adds up."""
