"""The record of one person as one life: events and their sources, numbers, gaps."""
