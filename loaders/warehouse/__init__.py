"""The PostgreSQL under everything: finding it, starting it, connecting to it."""
