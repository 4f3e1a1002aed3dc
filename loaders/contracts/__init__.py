"""What each feed promises: one YAML file per delivered table, and the code that reads them."""
