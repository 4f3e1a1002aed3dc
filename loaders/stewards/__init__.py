"""The people who decide what the records alone do not: queues, decisions, fix-at-source."""
