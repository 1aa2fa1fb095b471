"""review: what a person says about an item: form, draft, submission, undo."""
