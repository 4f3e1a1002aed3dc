"""What a delivery touched: which rows are read again, which persons are built again.

Every layer could be built anew from what is landed, and the result would be the same; this
package finds out how little of it has to be.
"""
