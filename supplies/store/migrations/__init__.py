"""Migrations of the ledger's database, shipped with the program."""
