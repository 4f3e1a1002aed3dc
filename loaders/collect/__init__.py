"""Brings deliveries into the folder that landing reads: from SFTP, a bucket, a database."""
