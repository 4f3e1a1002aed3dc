"""What each row of the record becomes in FHIR; one module per family of resources."""
