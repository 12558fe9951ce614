"""What a turn asks of the request that it answers: ``.when`` chooses, ``.expecting`` holds to it."""
