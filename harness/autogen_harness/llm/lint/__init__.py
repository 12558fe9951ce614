"""An answer held to the request that it answers: its tools, their schemas, its choices."""
