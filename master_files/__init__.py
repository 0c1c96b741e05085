"""Files of master data: in all or nothing, out so that they come in again."""
