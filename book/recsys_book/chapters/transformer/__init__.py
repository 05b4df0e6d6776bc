"""Pictures and exercises of the chapter transformer."""
