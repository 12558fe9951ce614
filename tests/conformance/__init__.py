"""One battery of requests for every driver: live, while recording, on replay."""
