"""Turns: what the model says, and what becomes of a turn when it is played."""
