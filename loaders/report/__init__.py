"""The quality report: one offline page made from `audit` and `published`."""
