"""What a person reads: the failure of one test, and the story of a run."""
