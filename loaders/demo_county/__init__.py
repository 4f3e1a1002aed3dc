"""A fictional county: people, care, mess, exports as the contracts promise, and the truth.

`make.make_demo_county` is the way in; `onecard demo-county` from a shell.
"""
