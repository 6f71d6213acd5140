"""`python -m callboard.demo.wizsim`: the same as `callboard wiz-sim`."""

from callboard.demo.wizsim.command import wiz_sim

if __name__ == "__main__":
    wiz_sim()
