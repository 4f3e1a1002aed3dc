"""What each feed promises: one YAML per delivered table, and the code that reads them."""
