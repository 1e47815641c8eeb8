"""A small painter of moving film scenes: pictures, takes with sound, and captions, all from a seed.

It makes the rushes of the demonstration and the pictures that the drawing engine learns from, so that the
project needs no fetched media. Nothing here is random beyond the seed given.
"""
