"""The shapes that the API answers with and takes: frozen, named as in its description."""
