"""The catalogue 数据目录: every table and column of the warehouse, and what it is."""
