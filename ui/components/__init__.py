"""What the templates of the components draw: words and geometry, as frozen dataclasses, without a request."""
