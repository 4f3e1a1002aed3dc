"""What we expect of what we are sent and of what we built: one suite per layer."""
