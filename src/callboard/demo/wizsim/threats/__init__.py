"""What the threat rules saw: detections, the cloud events behind each of them, and the people and machines in them.

`detections` (which there are) · `events` (one event as a whole) · `actors` (who and on what) · `runtime` (processes and
their sensor) · `delivery` (scans and admission reviews that came before). All of it follows from the issues of threat
rules, so it is the same for a seed and grows when the world evolves.
"""
