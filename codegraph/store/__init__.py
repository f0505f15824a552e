"""What survives a restart: one LMDB environment per project, and a fake of it in memory."""
