"""How well people were recognised: against a truth, against their numbers, at a threshold."""
