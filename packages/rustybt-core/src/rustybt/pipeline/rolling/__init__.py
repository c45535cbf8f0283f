"""Statistics of windows in numpy: of arrays (assets, rows), NaN where a value is missing.

A function takes the rows of some assets and returns as many: in each row what it says of the
window of so many rows that ends there, NaN where a window would begin before the first row. What a
window gives depends on its own rows only, to the last bit: not on where an array begins.
"""
