"""`make bench-serving`: the shared queue against an offline hand-batched loop and one Celery task per job.

Real worker processes, PostgreSQL and Redis, all started here. One core is the device: worker and peers run pinned to
it, everything else on the others. Each scene prints a line; the last line is one JSON object.
"""
