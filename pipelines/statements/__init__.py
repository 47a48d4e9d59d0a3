"""Invoice PDFs: downloaded once, kept as evidence, and read for the total that they print."""
