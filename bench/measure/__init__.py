"""`make bench-measure`: films whose truth is known, put through every attack, measured, and compared with that truth.

Films are cut from takes the painter paints from a seed (every fourth one from real clips, where a corpus lies beside
the project). Who wrote the film knows every border, every area and every state; who measures it gets the file and the
sources alone. Beside the measure stand PDQ at its published threshold and FFmpeg's `signature` filter on the same films.
"""
