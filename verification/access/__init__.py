"""Who may do what: people, roles as a table in code, and rules that answer with a reason."""
