-- Wrapped keys are found by what wrapped them. The first 28 bytes of a wrapped key name the key above it (and, of an
-- environment's key, itself): so the keys that are still under a replaced one are one range of this index, and so are all
-- environments' keys. An index on the bytes that are there, and not a column: programs of the version before write on.

CREATE INDEX data_keys_by_head ON data_keys (substr(wrapped, 1, 28), owner);
