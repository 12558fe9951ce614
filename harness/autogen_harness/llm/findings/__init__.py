"""What goes wrong with a script or a request, as findings."""
