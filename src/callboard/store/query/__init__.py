"""The one query language as conditions on findings, and which holdings somebody asks about."""
