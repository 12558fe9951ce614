"""The scripted LLM: a fake model that says what the script says, to every agent of a chat."""
