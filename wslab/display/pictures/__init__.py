"""Drawings, each with a text twin."""
