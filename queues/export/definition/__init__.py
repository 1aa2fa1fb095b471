"""What a dataset asks for: which verdicts, and what the guards demand of them; a checked document each."""
