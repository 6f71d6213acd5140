"""Repositories in a folder of checkouts or bare clones."""

from callboard.repositories.folder.reader import FolderRepositories

__all__ = ["FolderRepositories"]
