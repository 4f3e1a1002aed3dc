"""What every table is made of: read from the dbt graph and the SQL of its models."""
