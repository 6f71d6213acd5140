"""A made-up company: its people, software, cloud estate, rules, and a year of findings, all from one seed.

`make_world` makes it, `evolve` moves it on, `write_catalog` writes what its developer portal reads.
"""

from callboard.demo.company.catalog import DEFECTS, write_catalog
from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.company.world import Sizes, World, make_world

__all__ = ["DEFECTS", "Evolution", "Sizes", "World", "evolve", "make_world", "write_catalog"]
