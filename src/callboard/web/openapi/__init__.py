"""The description of the API, for OpenAPI: one file for each subject."""
