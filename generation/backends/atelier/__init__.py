"""Atelier: a small text-to-image engine trained from zero on frames painted by `footage.painter`.

The folder it exports holds standard diffusers classes only, so whatever reads Stable Diffusion reads it.
Modules here import torch at their top; whoever calls them imports them inside a function.
"""
