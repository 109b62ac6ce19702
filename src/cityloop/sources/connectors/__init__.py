"""One module per kind of system that data comes from; each turns what it finds into deliveries (``base``)."""
