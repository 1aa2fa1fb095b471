"""The builder of forms: controls for every property of a form and its questions, drawn and read back.

What a control does not change stays as it stands in the document, also what this program does not know.
"""
