"""What is secret, and how it is found: by the names that it has, by its form, by its value in any spelling.

Shared by all that writes what really happened into files. Knows no file and no format.
"""
