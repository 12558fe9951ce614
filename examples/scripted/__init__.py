"""A chat whose script is a YAML file: reviewed by people who do not write Python."""
