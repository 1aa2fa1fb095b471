"""The corpus of malformed and hostile inputs, run through one adapter.

`corpus` reads the rows; one module per way in says how to send a row (`ingest_records`, `ingest_bodies`,
`uploads`, …) and gives an `Outcome`; `outcome` says whether it is one that the row allows. The rows are
never edited: BAD_INPUTS_DIR may name another folder of the same shape.
"""
