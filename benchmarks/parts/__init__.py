"""What the accelerator computes, alone: each part in Rust, and the same in Python.

A module has `in_rust` and `in_python`: of a size, they make what is to be computed, and give back
what computes it. That gives back what tells the outcome, which is not measured.
"""
