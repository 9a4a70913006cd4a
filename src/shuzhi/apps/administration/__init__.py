"""Running an office: backups, the office's own definitions taken into force, the state of the system. Has no tables of its own."""
