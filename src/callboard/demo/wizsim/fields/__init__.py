"""What the fields of each type answer: one file per part of the schema, tables of functions of (source, tenant)."""
