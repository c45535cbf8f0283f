"""Tests of what crosses the packages: wheels, layers, rules of the repository, documents."""
