"""Rules as forms: a policy document in, controls within sentences out; what was posted in, the document out.

fields      what a kind of condition may hold, from its own JSON schema
shown       the controls of each rule, with what stands in them and what is wrong
posted      a rule as it was typed: what fits no type is kept as it is, for its fault to be told
operations  add, remove, move, wrap: one change of a document by name
"""
