"""Golden items: verified answers, in immutable versions, to hold outputs, people and releases against."""
