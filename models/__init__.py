"""Mathematics only: ids, tuples and arrays in; plans with proofs out."""
