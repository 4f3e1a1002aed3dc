"""The record of one person as one life: events with all their sources, spans, numbers, gaps."""
