"""Tracks and how they sound, from tables that anyone can download once: built, opened, searched, compared.

What is built is read-only and mapped into memory; serving needs numpy alone, building (a process of its own) DuckDB
and scikit-learn.
"""
