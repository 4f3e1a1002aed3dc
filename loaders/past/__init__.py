"""What was known at a release: the inputs of then are kept, the record of then is rebuilt."""
