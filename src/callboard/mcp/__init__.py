"""The board for assistants and scripts, by the Model Context Protocol: each tool is a request to the API, with the caller's token."""
