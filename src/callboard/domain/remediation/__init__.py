"""How soon findings are looked at and fixed: what may be asked, and what is told of it. Pure.

`question` says what a report is about, `times` how long things take, `flow` what came and went.
The mathematics is `domain.survival`'s, and nothing here averages what was closed alone.
"""
