"""References: pieces of a turn that are taken from earlier tool results when the turn is played."""
