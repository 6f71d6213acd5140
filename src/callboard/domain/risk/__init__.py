"""Risk: how likely something is used against the portal, who can get at it, and what falls with it. Pure.

`scale` holds the formula and its words, `register` a line and the order of lines, `weakness` what advisories know of a
package, `lines` how faults and weaknesses become lines.
"""
