"""Market data: schemas, readers, adjustments, the portal, and what strategies see of it."""
