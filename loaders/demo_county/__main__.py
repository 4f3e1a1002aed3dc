"""`python -m loaders.demo_county --out DIR`: the same as `onecard demo-county`."""

from __future__ import annotations

from loaders.cli import demo_county

if __name__ == "__main__":
    demo_county()
