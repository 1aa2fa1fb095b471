"""The review desk: eleven stages in the order in which the data goes through them.

    ingest      an output arrives over the API, is checked and stored exactly as it was sent
    score       how uncertain is it, and what did the safety filters say?
    route       which of them are worth a person's time, why, and with what probability?
    assign      who gets which item, for how long: slots, leases, skips
    review      what a person says about it: form, draft, submission, undo
    agree       do the people agree? then it is settled, else disputed
    adjudicate  a lead settles what the people did not
    audit       who did what, when and why
    curate      verified answers: golden items in versions, hidden checks of people
    export      immutable releases of training and golden data, with their lineage
    monitor     does it work, and does it help? its answers become the next policy

Stages look back freely (export may read reviews) and push forward only through `pipeline.py`, which
says what follows what. Beside it: `reviewing.py` what a person does with an item, `jobs.py` what does
each kind of job. In each stage: `actions.py` writes (atomic, keyword-only, leaves an event),
`queries.py` reads; what may be extended (measures, detectors, rules, formats) is a folder of plug-ins,
one file each, found by name in a `registry`.

Around the stages: `models/` a file per noun with its constraints; `web/` pages and `api/` endpoints, a
file per stage, which check, call one action or query, and render; `tasks.py` background jobs by name;
`sweeper.py` what finds the work that no message announced; `doorbell.py` the message; `errors.py` every
refusal; `statistics/` rates, intervals and calibration as pure numbers, for several stages.
"""
