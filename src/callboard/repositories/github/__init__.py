"""Repositories on GitHub."""

from callboard.repositories.github.reader import GithubRepositories

__all__ = ["GithubRepositories"]
