"""How departments hand their data over: one module per department, each with its own bad habits.

Every module offers `export(desk)`: it writes the department's files and returns the counts that a
contract must reach.
"""
