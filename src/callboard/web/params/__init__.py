"""What a caller asks for in a path or a query, parsed once, with limits."""
