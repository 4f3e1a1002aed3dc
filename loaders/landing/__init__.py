"""Landing: every line as it was sent, in the warehouse once, with a ledger of all files."""
