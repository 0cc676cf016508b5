"""The `dateline` command: one module a command in `commands/`, loaded when it is called."""
