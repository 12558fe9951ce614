"""The shapes that the shipped cassettes are held to: one module a service, one function a rule."""
