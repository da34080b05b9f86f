"""Scripts that build the embedded city from published facts; not part of the product."""
