"""Values that a JSON schema allows: its alternatives first, each without branches, then a strategy for each."""
