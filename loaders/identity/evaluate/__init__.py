"""How well people were recognised: by a truth, by their numbers, at a threshold."""
