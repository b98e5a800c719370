"""Thin stages that read, call the core and write: pull, validate, window, train, baseline, evaluate …"""
