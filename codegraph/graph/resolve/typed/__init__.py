"""What the schemes of statically typed languages share: what a chain can stand for, and how it is followed.

`entities.py` holds the candidates, `evaluator.py` the steps along a chain, `linker.py` the way from candidates to
edges. The languages say how a name is found and where a type's members are.
"""
