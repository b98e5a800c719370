"""Recurrent networks: cells, encoder, decoders, heads, and the module that puts them together."""
