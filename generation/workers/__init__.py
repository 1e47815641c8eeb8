"""The long work: claim a job, run its engine, store, label, sign and log what came out.

The row is the queue. A worker owns it by lease and generation number; everything it writes is guarded by both. A late
worker (killed, paused, cut off) finds its number gone and changes nothing, so messages may be lost or doubled.
"""

from generation.workers.claiming import claim_next, sweep_jobs
from generation.workers.endings import BROKE, LEASE, VANISHED, Overtaken
from generation.workers.sealing import commit, file_name, seal
from generation.workers.serving import STOP, run_claimed, run_jobs
from generation.workers.watching import Clock, Watch

__all__ = [
    "BROKE",
    "LEASE",
    "STOP",
    "VANISHED",
    "Clock",
    "Overtaken",
    "Watch",
    "claim_next",
    "commit",
    "file_name",
    "run_claimed",
    "run_jobs",
    "seal",
    "sweep_jobs",
]
