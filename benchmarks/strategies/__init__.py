"""The strategies, for each engine as its users write them."""
